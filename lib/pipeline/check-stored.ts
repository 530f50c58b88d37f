import { Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { HoldfastError } from '@/lib/core/holdfast-error'
import type { ManifestPart } from '@/lib/core/repository/manifest'
import type { RunContext } from '@/lib/ports/run-context'
import type { Storage } from '@/lib/ports/storage'
import { stageBufferBytes } from './buffer-size'
import { CheckStage, type Difference } from './check-stage'

/**
 * Reads a part's stored bytes to their end and compares size and SHA-256 with the manifest; nothing is decrypted. Equal
 * stored bytes are the very bytes that were written, so this is enough before a restore, and far cheaper than
 * `verifyPart`. Rejects with `object-damaged` and with the errors of `Storage.get`.
 */
export async function checkStored(
  input: { storage: Storage; key: string; part: ManifestPart; onBytes?: (bytes: number) => void },
  run: RunContext,
): Promise<void> {
  const { key, part } = input
  const toError = (difference: Difference) =>
    new HoldfastError('object-damaged', `The stored object ${key} is damaged: ${difference.message}`, {
      remedy: 'Restore from another copy or an older backup, and run a restore test of the other backups.',
      facts: { key, what: difference.message, expected: difference.expected, actual: difference.actual },
      cause: difference,
    })
  const stored = await input.storage.get(key, null, run)
  const expected = { bytes: part.storedBytes, sha256: part.storedSha256 }
  const nowhere = new Writable({ highWaterMark: stageBufferBytes, write: (_chunk, _encoding, done) => done() })
  await pipeline([stored, new CheckStage('stored', expected, toError, input.onBytes), nowhere], { signal: run.signal })
}
