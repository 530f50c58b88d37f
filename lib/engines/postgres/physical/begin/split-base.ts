import { HoldfastError } from '@/lib/core/holdfast-error'
import { blockBytes, type TarHeader } from '@/lib/core/tar/tar-header'
import { BackupManifestReader } from '../base-tar/backup-manifest'
import { type FileChecksum, fileChecksum } from '../base-tar/file-checksum'
import { KnownFiles } from '../base-tar/known-files'
import { TarWalker } from '../base-tar/walk-tar'

/** Where the bytes of one part go. */
export interface PartSink {
  give(bytes: Buffer): void
  finish(): void
}

/** A part that takes files of one archive: of a tablespace, or of the data directory when `oid` is null. */
export interface SplitPart {
  oid: string | null
  /** When this much is in it the next part of the same archive begins; null: it takes all the rest. */
  fullAtBytes: number | null
  sink: PartSink
}

/** What the server is asked for. */
export const listedBy = 'CRC32C'

/** How a tar archive ends. */
const archiveEnd = Buffer.alloc(2 * blockBytes)

/**
 * Divides the archives of a base backup at the boundaries of their files into parts that are archives themselves, and compares every
 * file with the server's own list. Headers and contents pass as they are. Everything throws `base-mismatch` where they differ.
 */
export class BaseSplitter {
  private readonly came = new KnownFiles()
  private readonly seen = new Set<string | null>()
  private archive: { oid: string | null; prefix: string; walker: TarWalker; parts: SplitPart[] } | null = null
  private manifest: BackupManifestReader | null = null
  /** In the part that is being written. */
  private writtenBytes = 0
  private checksum: FileChecksum | null = null
  /** Bytes of files by the oid of their database. */
  readonly databaseBytes = new Map<string, number>()
  /** Bytes of files by the oid of their tablespace. */
  readonly archiveBytes = new Map<string | null, number>()

  constructor(
    private readonly parts: SplitPart[],
    private readonly manifestSink: PartSink,
  ) {}

  beginArchive(oid: string | null): void {
    this.endArchive()
    const parts = this.parts.filter((part) => part.oid === oid)
    if (parts.length === 0 || this.seen.has(oid) || this.manifest)
      throw baseMismatch(['an archive came that was not announced'])
    this.seen.add(oid)
    this.writtenBytes = 0
    const walker = new TarWalker({
      onEntry: (header, block) => this.beginEntry(header, block),
      onContent: (bytes) => {
        this.checksum?.update(bytes)
        this.pass(bytes)
      },
      onPadding: (bytes) => this.pass(bytes),
      onEntryEnd: ({ name, size }) => {
        const checksum = this.checksum?.digest()
        if (checksum !== undefined) this.came.add({ path: this.pathOf(name), size, algorithm: listedBy, checksum })
      },
    })
    this.archive = { oid, prefix: oid === null ? '' : `pg_tblspc/${oid}/`, walker, parts }
  }

  beginManifest(): void {
    this.endArchive()
    if (this.manifest || this.parts.some(({ oid }) => !this.seen.has(oid)))
      throw baseMismatch(['an archive that was announced did not come'])
    this.manifest = new BackupManifestReader((file) => this.came.meet(file))
  }

  give(bytes: Buffer): void {
    this.reading(() => {
      if (this.manifest) {
        this.manifest.write(bytes)
        this.manifestSink.give(bytes)
      } else if (this.archive) this.archive.walker.write(bytes)
      else throw new SyntaxError('bytes came before the first archive')
    })
  }

  /** Everything has come. Answers the cluster that the manifest names; null: its version names none. */
  finish(): { systemIdentifier: string | null } {
    const { manifest } = this
    if (!manifest) throw baseMismatch(['its list of files did not come'])
    this.reading(() => manifest.end())
    const differences = this.came.differences()
    if (differences.length > 0) throw baseMismatch(differences)
    this.manifestSink.finish()
    return manifest
  }

  private beginEntry(header: TarHeader, block: Buffer): void {
    const [part, next] = this.archive?.parts ?? []
    if (next && part?.fullAtBytes !== null && this.writtenBytes >= (part?.fullAtBytes ?? 0)) this.endPart()
    this.pass(block)
    this.checksum = header.type === 'file' ? fileChecksum(listedBy) : null
    const add = <Key>(sums: Map<Key, number>, key: Key) => sums.set(key, (sums.get(key) ?? 0) + header.size)
    add(this.archiveBytes, this.archive?.oid ?? null)
    const database = databaseOf(this.pathOf(header.name))
    if (database !== null) add(this.databaseBytes, database)
  }

  private pass(bytes: Buffer): void {
    this.writtenBytes += bytes.length
    this.archive?.parts[0]?.sink.give(bytes)
  }

  private endPart(): void {
    const part = this.archive?.parts.shift()
    part?.sink.give(archiveEnd)
    part?.sink.finish()
    this.writtenBytes = 0
  }

  /** Parts that nothing was left for are archives of nothing. */
  private endArchive(): void {
    const { archive } = this
    if (!archive) return
    this.reading(() => archive.walker.end())
    while (archive.parts.length > 0) this.endPart()
    this.archive = null
  }

  private pathOf(name: string): string {
    return (this.archive?.prefix ?? '') + name
  }

  private reading(work: () => void): void {
    try {
      work()
    } catch (error) {
      throw error instanceof SyntaxError ? baseMismatch([error.message], error) : error
    }
  }
}

function databaseOf(path: string): string | null {
  return /^(?:base|pg_tblspc\/\d+\/PG_[^/]+)\/(\d+)\//.exec(path)?.[1] ?? null
}

export function baseMismatch(differences: string[], cause?: unknown): HoldfastError {
  return new HoldfastError(
    'base-mismatch',
    `What came of the base backup is not what the server lists: ${differences.join('; ')}.`,
    {
      remedy:
        'Take the base backup again. If it happens again, check the memory of both machines and what stands between them.',
      facts: { differences },
      cause,
    },
  )
}
