import { type FileHandle, mkdir, open } from 'node:fs/promises'
import type { Readable } from 'node:stream'
import type { TarHeader } from '@/lib/core/tar/tar-header'
import { recycle } from '@/lib/process/buffer-pool'
import { type ChecksumAlgorithm, type FileChecksum, fileChecksum } from '../base-tar/file-checksum'
import { type KnownFiles, legiblePath } from '../base-tar/known-files'
import { TarWalker } from '../base-tar/walk-tar'
import { asBaseDamage, baseDamaged } from './base-damaged'

export interface EntriesOrder {
  /** Private, and nothing was in it before the first part. */
  folder: string
  /** In front of names in the list of files. */
  prefix: string
  /** Those that are to come; each is met with what was written. */
  listed: KnownFiles
  onBytes(bytes: number): void
}

type Step = { header: TarHeader } | { content: Buffer } | 'end'

/**
 * Writes what a part of a base backup holds, which may be anybody's: only folders and files of the list with their sizes, each new,
 * so that nothing is written over and no link is followed or made. Rejects with `object-damaged`, and what the stream fails with.
 */
export async function writeEntries(stream: Readable, order: EntriesOrder): Promise<void> {
  const steps: Step[] = []
  const walker = new TarWalker({
    onEntry: (header) => steps.push({ header }),
    onContent: (content) => steps.push({ content }),
    onPadding: () => undefined,
    onEntryEnd: () => steps.push('end'),
  })
  const writer = new EntryWriter(order)
  try {
    for await (const chunk of stream) {
      if (!Buffer.isBuffer(chunk)) throw new TypeError('a part is read in bytes')
      walker.write(chunk)
      order.onBytes(chunk.length)
      for (const step of steps.splice(0)) await writer.take(step)
      recycle(chunk)
    }
    walker.end()
  } catch (error) {
    throw asBaseDamage(error)
  } finally {
    await writer.close()
  }
}

class EntryWriter {
  private entry: TarHeader | null = null
  private file: { handle: FileHandle; algorithm: ChecksumAlgorithm; checksum: FileChecksum } | null = null
  private readonly made = new Set<string>()

  constructor(private readonly order: EntriesOrder) {}

  async take(step: Step): Promise<void> {
    if (step === 'end') await this.end()
    else if ('header' in step) await this.begin(step.header)
    else if (this.file) {
      this.file.checksum.update(step.content)
      await writeAll(this.file.handle, step.content)
    }
  }

  async close(): Promise<void> {
    await this.file?.handle.close()
    this.file = null
  }

  private async begin(header: TarHeader): Promise<void> {
    const { name, type, size } = header
    this.entry = header
    checkName(name)
    if (type === 'folder') return this.make(name)
    const path = this.order.prefix + name
    const algorithm = this.order.listed.awaits({ path, size })
    if (!algorithm) throw baseDamaged(`${legiblePath(path)} is not in its list of files`)
    await this.make(name.slice(0, Math.max(0, name.lastIndexOf('/'))))
    const handle = await open(this.placeOf(name), 'wx', 0o600).catch((error: unknown) => {
      throw contradiction(name, error)
    })
    this.file = { handle, algorithm, checksum: fileChecksum(algorithm) }
  }

  private async end(): Promise<void> {
    const { entry, file } = this
    if (!entry || !file) return
    await this.close()
    const { name, size } = entry
    const path = this.order.prefix + name
    this.order.listed.meet({ path, size, algorithm: file.algorithm, checksum: file.checksum.digest() })
  }

  /** Parts come side by side, so that a folder may be needed before the entry that names it. */
  private async make(name: string): Promise<void> {
    if (name === '' || this.made.has(name)) return
    await mkdir(this.placeOf(name), { recursive: true, mode: 0o700 }).catch((error: unknown) => {
      throw contradiction(name, error)
    })
    this.made.add(name)
  }

  private placeOf(name: string): Buffer {
    return Buffer.concat([Buffer.from(`${this.order.folder}/`), Buffer.from(name, 'latin1')])
  }
}

async function writeAll(handle: FileHandle, bytes: Buffer): Promise<void> {
  for (let at = 0; at < bytes.length;) at += (await handle.write(bytes, at)).bytesWritten
}

function checkName(name: string): void {
  const steps = name.split('/')
  if (steps.some((step) => ['', '.', '..'].includes(step)) || name.includes('\0'))
    throw baseDamaged(`it holds something called ${JSON.stringify(legiblePath(name))}`)
  // The log comes from the archive, and from nowhere else.
  if (steps[0] === 'pg_wal' && !['', 'archive_status', 'summaries'].includes(steps.slice(1).join('/')))
    throw baseDamaged(`it holds ${legiblePath(name)}, which no base backup does`)
}

/** A name for a file where a folder is, or the other way round; trouble of the disk stays what it is. */
function contradiction(name: string, error: unknown): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : ''
  const isOurs = code === 'EEXIST' || code === 'ENOTDIR' || code === 'ENAMETOOLONG'
  return isOurs ? baseDamaged(`${legiblePath(name)} is there twice`, error) : error
}
