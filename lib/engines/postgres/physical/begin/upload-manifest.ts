import { once } from 'node:events'
import type { Client, Connection, Submittable } from 'pg'
import { errorText } from '@/lib/engines/postgres/classify-error'
import { isDamage } from '@/lib/engines/postgres/logical/prove/is-damage'
import { copyConnection } from '@/lib/engines/postgres/replication/copy-both'
import type { ReadableBackup } from '@/lib/ports/backup-method'
import type { RunContext } from '@/lib/ports/run-context'
import { IncrementalRefused } from './incremental-refused'

/** `UPLOAD_MANIFEST` is a COPY to the server, after which it is ready for the backup itself. */
class ManifestUpload implements Submittable {
  private readonly wanted = Promise.withResolvers<void>()
  private readonly taken = Promise.withResolvers<void>()

  constructor() {
    this.wanted.promise.catch(() => undefined)
    this.taken.promise.catch(() => undefined)
  }

  /** Resolves when the server waits for the bytes. */
  get begun(): Promise<void> {
    return this.wanted.promise
  }

  /** Resolves when the server has read all of it. */
  get done(): Promise<void> {
    return this.taken.promise
  }

  submit(connection: Connection): void {
    connection.query('UPLOAD_MANIFEST')
  }

  handleCopyInResponse(): void {
    this.wanted.resolve()
  }

  handleCommandComplete(): void {
    // ReadyForQuery follows.
  }

  handleReadyForQuery(): void {
    this.taken.resolve()
  }

  handleError(error: unknown): void {
    this.wanted.reject(error)
    this.taken.reject(error)
  }
}

/**
 * Gives the server the parent's own list of its files, which says from where on changes are wanted. Rejects with `IncrementalRefused` when
 * the list is damaged or the server refuses it, and with what `open` rejects with. The connection is of no use then.
 */
export async function uploadManifest(
  client: Client,
  { manifest, open }: ReadableBackup,
  run: RunContext,
): Promise<void> {
  const part = manifest.parts.find(({ role }) => role === 'manifest')
  if (!part) throw new IncrementalRefused('the backup before it has no list of its files')
  const upload = new ManifestUpload()
  client.query(upload)
  await answered(upload.begun)
  const connection = copyConnection(client)
  try {
    for await (const chunk of await open(part, run)) {
      if (!Buffer.isBuffer(chunk)) throw new TypeError('a part is read in bytes')
      connection.sendCopyFromChunk(chunk)
      const { stream } = client.connection
      if (stream.writableNeedDrain) await Promise.race([once(stream, 'drain', run), answered(upload.done)])
    }
  } catch (error) {
    if (isDamage(error)) throw new IncrementalRefused(`the list of files of the backup before it is damaged`)
    throw error
  }
  connection.endCopyFrom()
  await answered(upload.done)
}

async function answered(step: Promise<void>): Promise<void> {
  try {
    await step
  } catch (error) {
    const isOfServer = error instanceof Error && 'severity' in error
    throw isOfServer ? new IncrementalRefused(`the server refuses the list of files: ${errorText(error)}`) : error
  }
}
