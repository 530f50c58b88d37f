import type { Connection, Submittable } from 'pg'
import { z } from 'zod'
import { HoldfastError } from '@/lib/core/holdfast-error'
import { formatLsn, parseLsn } from '@/lib/core/log/lsn'

/** A place in the log where a base backup begins or ends. */
export interface BasePosition {
  lsn: string
  timeline: number
}

/** One archive of a base backup as the server announces it; the data directory's has neither oid nor location. */
export interface BaseArchive {
  oid: string | null
  location: string | null
  /** The server's estimate. */
  bytes: number
}

/** What the server sends, in its order. What is thrown by them is a failure of the backup. */
export interface BaseCopyEvents {
  onStart(position: BasePosition): void
  /** All that will come; the data directory is the last one. */
  onArchives(archives: BaseArchive[]): void
  onArchive(oid: string | null): void
  onManifest(): void
  /** Bytes of the archive or the manifest that was announced last. The driver writes others over them afterwards. */
  onData(bytes: Buffer): void
  /** Everything has come, and this much of the log is needed to make it consistent. */
  onEnd(position: BasePosition): void
  /** The server is done, and takes the next command. */
  onReady(): void
  onError(error: unknown): void
}

const positionRow = z.tuple([z.string().transform((text) => formatLsn(parseLsn(text))), z.coerce.number().int().min(1)])
const archiveRow = z.tuple([
  z.string().regex(/^\d+$/).nullable(),
  z.string().nullable(),
  // In KiB. Null without an estimate.
  z.coerce.number().nonnegative(),
])

/**
 * Speaks `BASE_BACKUP` with a server of version 15 or newer, which answers with two results, one COPY in which everything comes,
 * and one more result (PostgreSQL's manual, "Streaming Replication Protocol"). Hand it to `Client.query`.
 */
export class BaseCopy implements Submittable {
  private rows: unknown[][] = []
  private step: 'start' | 'archives' | 'copy' | 'end' | 'over' = 'start'

  constructor(
    private readonly command: string,
    private readonly events: BaseCopyEvents,
  ) {}

  submit(connection: Connection): void {
    connection.query(this.command)
  }

  handleRowDescription(): void {
    this.rows = []
  }

  handleDataRow({ fields }: { fields: unknown[] }): void {
    this.rows.push(fields)
  }

  handleCommandComplete(): void {
    this.guarded(() => {
      if (this.step === 'start') {
        this.events.onStart(position(this.rows))
        this.step = 'archives'
      } else if (this.step === 'archives') {
        this.events.onArchives(archives(this.rows))
        this.step = 'copy'
      } else if (this.step === 'end') {
        this.events.onEnd(position(this.rows))
        this.step = 'over'
      }
    })
  }

  handleCopyData({ chunk }: { chunk: Buffer }): void {
    this.guarded(() => {
      const kind = String.fromCharCode(chunk[0] ?? 0)
      if (kind === 'd') this.events.onData(chunk.subarray(1))
      else if (kind === 'n') this.events.onArchive(oidOf(chunk))
      else if (kind === 'm') {
        this.step = 'end'
        this.events.onManifest()
      } else if (kind !== 'p') throw unexpected(`a message of the kind ${JSON.stringify(kind)}`)
    })
  }

  handleReadyForQuery(): void {
    this.guarded(() => {
      if (this.step !== 'over') throw unexpected('an end of the backup before everything had come')
      this.events.onReady()
    })
  }

  handleError(error: unknown): void {
    this.events.onError(error)
  }

  /** What is thrown into the driver would be taken for its own trouble. */
  private guarded(work: () => void): void {
    try {
      work()
    } catch (error) {
      this.events.onError(error)
    }
  }
}

function position(rows: unknown[][]): BasePosition {
  const read = positionRow.safeParse(rows[0])
  if (!read.success) throw unexpected('no position of its log')
  const [lsn, timeline] = read.data
  return { lsn, timeline }
}

function archives(rows: unknown[][]): BaseArchive[] {
  return rows.map((row) => {
    const read = archiveRow.safeParse(row)
    if (!read.success) throw unexpected('no list of its tablespaces')
    const [oid, location, kib] = read.data
    return { oid, location, bytes: kib * 1024 }
  })
}

/** From the name of the archive and the place of the tablespace, each with a zero behind it. */
function oidOf(chunk: Buffer): string | null {
  const name = chunk.toString('utf8', 1, Math.max(1, chunk.indexOf(0, 1)))
  if (name === 'base.tar') return null
  const oid = /^(\d+)\.tar$/.exec(name)?.[1]
  if (oid === undefined) throw unexpected(`an archive called ${JSON.stringify(name)}`)
  return oid
}

const unexpected = (what: string) =>
  new HoldfastError('source-failed', `The server sent ${what} instead of what a base backup consists of.`, {
    remedy: 'Check that the address is that of a PostgreSQL server, and what stands between it and this machine.',
  })
