import { Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { HoldfastError } from '@/lib/core/holdfast-error'
import type { ManifestPart } from '@/lib/contracts/repository/manifest'
import type { RunContext } from '@/lib/ports/run-context'
import type { Storage } from '@/lib/ports/storage'
import { sideBySide } from '@/lib/process/side-by-side'
import { stageBufferBytes } from './buffer-size'
import { CheckStage, type Difference } from './check-stage'

/**
 * Reads the stored bytes of parts to their end, side by side, and compares size and SHA-256 with the manifest; nothing is
 * decrypted. Equal stored bytes are the very bytes that were written, so this is enough before a restore, and far cheaper
 * than `verifyPart`. Rejects with the first `object-damaged`, and with the errors of `Storage.get`.
 */
export async function checkStored(
  storage: Pick<Storage, 'get'>,
  keyOf: (part: ManifestPart) => string,
  parts: readonly ManifestPart[],
  run: RunContext,
): Promise<void> {
  const totalBytes = parts.reduce((sum, part) => sum + part.storedBytes, 0)
  const done = new Map<string, number>()
  await sideBySide(parts.length, parts, run, async (part, scope) => {
    const key = keyOf(part)
    const onBytes = (bytes: number) => {
      done.set(key, bytes)
      const doneBytes = [...done.values()].reduce((sum, value) => sum + value, 0)
      run.progress({ phase: 'checking the stored bytes', doneBytes, totalBytes })
    }
    const expected = { bytes: part.storedBytes, sha256: part.storedSha256 }
    const check = new CheckStage('stored', expected, (difference) => damaged(key, difference), onBytes)
    const nowhere = new Writable({ highWaterMark: stageBufferBytes, write: (_chunk, _encoding, end) => end() })
    await pipeline([await storage.get(key, null, scope), check, nowhere], { signal: scope.signal })
  })
}

function damaged(key: string, difference: Difference): HoldfastError {
  return new HoldfastError('object-damaged', `The stored object ${key} is damaged: ${difference.message}`, {
    remedy: 'Restore from another copy or an older backup, and run a restore test of the other backups.',
    facts: { key, what: difference.message, expected: difference.expected, actual: difference.actual },
    cause: difference,
  })
}
