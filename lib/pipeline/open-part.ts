import type { Duplex, Readable, Transform } from 'node:stream'
import { HoldfastError } from '@/lib/core/holdfast-error'
import type { ManifestPart } from '@/lib/contracts/repository/manifest'
import type { RunContext } from '@/lib/ports/run-context'
import type { Storage } from '@/lib/ports/storage'
import { chain } from './chain'
import { CheckStage, type Difference } from './check-stage'
import { requireCodec } from './codec-programs'
import { decompress } from './decompress'

export interface OpenPartInput {
  storage: Pick<Storage, 'get'>
  key: string
  part: ManifestPart
  /** Makes the stage that decrypts with the backup's key; null when nobody has it. Not used for a part that is not encrypted. */
  decrypt: (() => Transform) | null
  /**
   * Leave out the hash of the plain bytes. Enough where the stored bytes were read and found equal before, and are hashed
   * again now: equal stored bytes decompress to equal plain ones.
   */
  storedBytesOnly?: boolean
  /** Hears how many stored bytes were read so far. */
  onStoredBytes?: (bytes: number) => void
}

const remedy = 'Restore from another copy or an older backup, and run a restore test of the other backups.'

function damaged(input: Pick<OpenPartInput, 'key'>, what: string, cause: unknown, facts: Record<string, unknown> = {}) {
  return new HoldfastError('object-damaged', `The stored object ${input.key} is damaged: ${what}`, {
    remedy,
    facts: { key: input.key, what, ...facts },
    cause,
  })
}

function isZlibError(error: Error): boolean {
  const code = 'code' in error ? String(error.code) : ''
  return code.startsWith('Z_') || code.startsWith('ZSTD_') || code === 'ERR_TRAILING_JUNK_AFTER_STREAM_END'
}

export function differs(input: Pick<OpenPartInput, 'key'>, difference: Difference): HoldfastError {
  const { expected, actual } = difference
  return damaged(input, difference.message, difference, { expected, actual })
}

/** Says of every damage which object it is and what differed; other errors (network, keys, abort) stay what they are. */
export function translate(input: Pick<OpenPartInput, 'key'>, error: unknown): Error {
  if (error instanceof HoldfastError) {
    if (error.code !== 'object-damaged' || 'key' in error.facts) return error
    return damaged(input, error.message, error)
  }
  if (!(error instanceof Error)) return new Error(String(error))
  return isZlibError(error) ? damaged(input, `it does not decompress (${error.message})`, error) : error
}

/**
 * Opens a part's plain bytes: get -> check stored size and hash -> decrypt -> decompress -> check source size and hash.
 * The stream fails with `object-damaged` (facts: key, what, expected, actual) instead of ending when anything differs.
 * Bytes given out before are authenticated when the part is encrypted; without encryption a flipped bit may show only at
 * the end, so a restore that must not write damaged data verifies first. Also fails with `key-missing`, with
 * `command-missing` before anything is read, `command-failed` when the decompressor is killed, and with the errors of
 * `Storage.get`.
 */
export async function openPart(input: OpenPartInput, run: RunContext): Promise<Readable> {
  requireCodec(input.part.compression)
  return openThrough(input, (toError) => [...sealedStages(input, toError), ...plainStages(input, toError, run)], run)
}

/** The part's bytes as `openPart`, still compressed. */
export async function openPacked(input: OpenPartInput, run: RunContext): Promise<Readable> {
  return openThrough(input, (toError) => sealedStages(input, toError), run)
}

type ToError = (difference: Difference) => Error

async function openThrough(
  input: OpenPartInput,
  stages: (toError: ToError) => Duplex[],
  run: RunContext,
): Promise<Readable> {
  const { part, decrypt } = input
  if (part.encrypted && decrypt === null) {
    throw new HoldfastError('key-missing', `The key to ${input.key} is missing`, {
      remedy: 'Start Holdfast with the master key of the instance that wrote the backup, or use the recovery kit.',
      facts: { key: input.key },
    })
  }
  run.signal.throwIfAborted()
  const stored = await input.storage.get(input.key, null, run)
  try {
    run.signal.throwIfAborted()
    const toError = (difference: Difference) => differs(input, difference)
    const opened = chain(stored, stages(toError), (error) => translate(input, error))
    endOnAbort(opened, run.signal)
    return opened
  } catch (error) {
    stored.destroy()
    throw error
  }
}

function sealedStages({ part, decrypt, onStoredBytes }: OpenPartInput, toError: ToError): Duplex[] {
  return [
    new CheckStage('stored', { bytes: part.storedBytes, sha256: part.storedSha256 }, toError, onStoredBytes),
    ...(part.encrypted && decrypt !== null ? [decrypt()] : []),
  ]
}

function plainStages({ part, storedBytesOnly }: OpenPartInput, toError: ToError, run: RunContext): Duplex[] {
  const expected = { bytes: part.sourceBytes, sha256: storedBytesOnly ? null : part.sourceSha256 }
  return [
    ...(part.compression === 'none' ? [] : [decompress(part.compression, run, part.sourceBytes)]),
    new CheckStage('source', expected, toError),
  ]
}

export function endOnAbort(stream: Readable, signal: AbortSignal): void {
  const onAbort = () =>
    stream.destroy(signal.reason instanceof Error ? signal.reason : new Error(String(signal.reason)))
  signal.addEventListener('abort', onAbort, { once: true })
  stream.once('close', () => signal.removeEventListener('abort', onAbort))
  if (signal.aborted) onAbort()
}
