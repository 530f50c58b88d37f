import type { ChecksumAlgorithm } from './file-checksum'

/** A file of a data directory. */
export interface BaseFile {
  /** Below the data directory, one character for each byte; of other tablespaces `pg_tblspc/<oid>/...`. */
  path: string
  size: number
  algorithm: ChecksumAlgorithm
  /** In lower-case hex. */
  checksum: string
}

/** Differences that are named; more would only fill the message. */
const mostNamed = 10

/**
 * Files by their path, to be met again one by one: the server's list of its files against those that came, in whichever order
 * the two become known.
 */
export class KnownFiles {
  private readonly files = new Map<string, Omit<BaseFile, 'path'>>()
  private readonly named: string[] = []
  private count = 0

  add({ path, ...file }: BaseFile): void {
    if (this.files.has(path)) this.differ(`${legiblePath(path)} is there twice`)
    this.files.set(path, file)
  }

  /** The same file seen from the other side; each is met once. */
  meet({ path, size, algorithm, checksum }: BaseFile): void {
    const known = this.files.get(path)
    this.files.delete(path)
    const name = legiblePath(path)
    if (!known) this.differ(`${name} is on one side only`)
    else if (known.size !== size) this.differ(`${name} has ${size} bytes on one side and ${known.size} on the other`)
    else if (known.algorithm !== algorithm || known.checksum !== checksum) this.differ(`${name} has other content`)
  }

  /** What differs, in words, once all were met; empty: nothing. */
  differences(): string[] {
    for (const path of this.files.keys()) this.differ(`${legiblePath(path)} is on one side only`)
    this.files.clear()
    const more = this.count - this.named.length
    return more === 0 ? this.named : [...this.named, `${more} more`]
  }

  private differ(what: string): void {
    this.count += 1
    if (this.named.length < mostNamed) this.named.push(what)
  }
}

export const legiblePath = (path: string): string => Buffer.from(path, 'latin1').toString('utf8')
