import { createHash } from 'node:crypto'
import { Readable } from 'node:stream'
import { setTimeout as delay } from 'node:timers/promises'
import { HoldfastError } from '@/lib/core/holdfast-error'
import type { ManifestPart } from '@/lib/contracts/repository/manifest'
import { manifestFile, restoreGuideFile, signatureFile } from '@/lib/core/repository/paths'
import { ProgressMeter } from '@/lib/pipeline/progress-meter'
import type { Throttle } from '@/lib/pipeline/throttle'
import type { RunContext } from '@/lib/ports/run-context'
import type { Storage } from '@/lib/ports/storage'
import type { SealedCopy } from '@/lib/services/backup/open-sealed-copy'

/** The copy that is read from cannot be read, or is not what was written; `cause` is what it said. */
export class SourceTrouble extends Error {
  override readonly name = 'SourceTrouble'
  constructor(cause: unknown) {
    super('The copy that is copied from could not be read', { cause })
  }
}

interface StoreCopyInput {
  source: SealedCopy
  target: Storage
  /** The backup's folder; nothing of it may be in the target. */
  folder: string
  /** Ceiling on the rate of stored bytes. */
  throttle?: Throttle | undefined
  /** Throws when this run may not commit any more. */
  beforeManifest(): Promise<void>
}

/**
 * Streams a copy's objects as they are into another store: each part is compared with the manifest while it passes and
 * its object confirmed by the store, then the keys, the signature and the manifest, last. Nothing is overwritten. Answers the stored
 * bytes. Throws `SourceTrouble`, or what the target said.
 */
export async function storeCopy(input: StoreCopyInput, run: RunContext): Promise<number> {
  const { source, target, folder } = input
  const { parts, encryption } = source.manifest
  const totalBytes = parts.reduce((sum, part) => sum + part.storedBytes, 0)
  const meter = new ProgressMeter({
    phase: `copying from ${source.destinationName}`,
    totalBytes,
    report: (progress) => run.progress(progress),
  })
  let doneBytes = 0
  for (const part of parts) {
    await copyPart(input, part, (bytes) => meter.update(doneBytes + bytes), run)
    doneBytes += part.storedBytes
  }
  if (encryption && source.wrappedIdentity)
    await putSmall(target, folder + encryption.keyFile, source.wrappedIdentity, run)
  for (const { file, bytes } of await source.readLaterIdentities()) await putSmall(target, folder + file, bytes, run)
  const guide = await source.readRestoreGuide()
  if (guide) await putSmall(target, folder + restoreGuideFile, guide, run)
  if (source.signatureBytes) await putSmall(target, folder + signatureFile, source.signatureBytes, run)
  await input.beforeManifest()
  await putSmall(target, folder + manifestFile, source.manifestBytes, run)
  return totalBytes
}

async function copyPart(
  { source, target, folder, throttle }: StoreCopyInput,
  part: ManifestPart,
  onBytes: (bytes: number) => void,
  run: RunContext,
): Promise<void> {
  const trouble: { error: SourceTrouble | null } = { error: null }
  const on = { onBytes, onTrouble: (error: SourceTrouble) => (trouble.error = error) }
  const chunks = paced(checkedChunks(source, part, on, run), throttle, run)
  const body = Readable.from(chunks, { objectMode: false })
  try {
    const stored = await target.put(folder + part.file, body, { sizeHintBytes: part.storedBytes }, run)
    if (stored.sizeBytes === part.storedBytes && stored.sha256 === part.storedSha256) return
  } catch (error) {
    run.signal.throwIfAborted()
    throw trouble.error ?? error
  }
  throw new HoldfastError('object-damaged', `The destination holds something other than what was sent (${part.file})`, {
    facts: { key: folder + part.file },
  })
}

/** A part's stored bytes. They fail instead of ending unless they are exactly those that the manifest describes. */
async function* checkedChunks(
  source: SealedCopy,
  part: ManifestPart,
  on: { onBytes(bytes: number): void; onTrouble(error: SourceTrouble): void },
  run: RunContext,
): AsyncGenerator<Buffer> {
  const failed = (error: unknown): SourceTrouble => {
    const trouble = new SourceTrouble(error)
    on.onTrouble(trouble)
    return trouble
  }
  const key = source.keyOf(part)
  const hash = createHash('sha256')
  let bytes = 0
  let stored: Readable
  try {
    stored = await source.storage.get(key, null, run)
  } catch (error) {
    throw failed(error)
  }
  try {
    // Read by hand: what the receiver throws in here, when it gives up, is no trouble of the source.
    const iterator = (stored as AsyncIterable<Buffer>)[Symbol.asyncIterator]()
    for (;;) {
      let next: IteratorResult<Buffer>
      try {
        next = await iterator.next()
      } catch (error) {
        throw failed(error)
      }
      if (next.done) break
      bytes += next.value.length
      hash.update(next.value)
      if (bytes > part.storedBytes) throw failed(damaged(key, `it goes on after ${part.storedBytes} bytes`))
      on.onBytes(bytes)
      yield next.value
    }
  } finally {
    stored.destroy()
  }
  if (bytes < part.storedBytes) throw failed(damaged(key, `it ends at byte ${bytes} of ${part.storedBytes}`))
  if (hash.digest('hex') !== part.storedSha256) throw failed(damaged(key, 'its checksum differs'))
}

/** At most as fast as the throttle allows, without holding anything back for longer than a chunk takes. */
async function* paced(
  chunks: AsyncGenerator<Buffer>,
  throttle: Throttle | undefined,
  run: RunContext,
): AsyncGenerator<Buffer> {
  for await (const chunk of chunks) {
    const waitMs = throttle?.spend(chunk.length) ?? 0
    if (waitMs > 0) await delay(waitMs, undefined, { signal: run.signal })
    yield chunk
  }
}

async function putSmall(target: Storage, key: string, bytes: Buffer, run: RunContext): Promise<void> {
  await target.put(key, Readable.from([bytes]), { sizeHintBytes: bytes.length }, run)
}

function damaged(key: string, what: string): HoldfastError {
  return new HoldfastError('object-damaged', `The stored object ${key} is damaged: ${what}`, {
    remedy: 'Restore from another copy or an older backup, and run a restore test of the other backups.',
    facts: { key },
  })
}
