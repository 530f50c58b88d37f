import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs'
import type { TarHeader } from '@/lib/core/tar/tar-header'
import { type ChecksumAlgorithm, type FileChecksum, fileChecksum } from '../base-tar/file-checksum'
import { type BaseFile, legiblePath } from '../base-tar/known-files'
import type { TarVisitor } from '../base-tar/walk-tar'

export interface EntriesOrder {
  /** Private, and nothing was in it before the first part. */
  folder: string
  algorithm: ChecksumAlgorithm
  /** Hears of each file that was written; its path is the archive's. */
  onFile(file: BaseFile): void
}

/**
 * Writes what a part of a base backup holds, which may be anybody's: only folders and files below the folder, each new, so that nothing
 * is written over and no link is followed or made. Waits for the disk: it is for a process of its own. Throws a SyntaxError for what no
 * base backup holds, and what the system says.
 */
export class EntryWriter implements TarVisitor {
  private file: { fd: number; checksum: FileChecksum } | null = null
  private readonly made = new Set<string>()

  constructor(private readonly order: EntriesOrder) {}

  onEntry({ name, type }: TarHeader): void {
    checkName(name)
    if (type === 'folder') return this.make(name)
    this.make(name.slice(0, Math.max(0, name.lastIndexOf('/'))))
    const fd = attempt(name, () => openSync(this.placeOf(name), 'wx', 0o600))
    this.file = { fd, checksum: fileChecksum(this.order.algorithm) }
  }

  onContent(bytes: Buffer): void {
    if (!this.file) return
    this.file.checksum.update(bytes)
    for (let at = 0; at < bytes.length;) at += writeSync(this.file.fd, bytes, at)
  }

  onPadding(): void {}

  onEntryEnd({ name, size }: TarHeader): void {
    if (!this.file) return
    const { fd, checksum } = this.file
    this.file = null
    closeSync(fd)
    this.order.onFile({ path: name, size, algorithm: this.order.algorithm, checksum: checksum.digest() })
  }

  /** Parts come side by side, so that a folder may be needed before the entry that names it. */
  private make(name: string): void {
    if (name === '' || this.made.has(name)) return
    attempt(name, () => mkdirSync(this.placeOf(name), { recursive: true, mode: 0o700 }))
    this.made.add(name)
  }

  private placeOf(name: string): Buffer {
    return Buffer.concat([Buffer.from(`${this.order.folder}/`), Buffer.from(name, 'latin1')])
  }
}

function checkName(name: string): void {
  const steps = name.split('/')
  if (steps.some((step) => ['', '.', '..'].includes(step)) || name.includes('\0'))
    throw new SyntaxError(`it holds something called ${JSON.stringify(legiblePath(name))}`)
  // The log comes from the archive, and from nowhere else.
  if (steps[0] === 'pg_wal' && !['', 'archive_status', 'summaries'].includes(steps.slice(1).join('/')))
    throw new SyntaxError(`it holds ${legiblePath(name)}, which no base backup does`)
}

/** A name for a file where a folder is, or the other way round, is the archive's fault; trouble of the disk stays what it is. */
function attempt<T>(name: string, act: () => T): T {
  try {
    return act()
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : ''
    if (code !== 'EEXIST' && code !== 'ENOTDIR' && code !== 'ENAMETOOLONG') throw error
    throw new SyntaxError(`${legiblePath(name)} is there twice`)
  }
}
