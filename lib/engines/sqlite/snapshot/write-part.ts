import { createHash } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { ManifestPart } from '@/lib/contracts/repository/manifest'
import { HoldfastError } from '@/lib/core/holdfast-error'
import type { OpenPart } from '@/lib/ports/backup-method'
import type { RunContext } from '@/lib/ports/run-context'

/**
 * Writes a part to a new file that only this user reads, on the disk when it resolves. Rejects with `object-damaged` when
 * the bytes are not those of the manifest: what a database does not notice, such as a flipped value, is noticed here.
 */
export async function writePart(
  open: OpenPart,
  part: ManifestPart,
  file: string,
  run: RunContext,
  onBytes: (bytes: number) => void = () => undefined,
): Promise<void> {
  const hash = createHash('sha256')
  let bytes = 0
  const counted = new Transform({
    transform(chunk: Buffer, _, done) {
      hash.update(chunk)
      bytes += chunk.length
      onBytes(bytes)
      done(null, chunk)
    },
  })
  const plain = await open(part, run)
  await pipeline(plain, counted, createWriteStream(file, { flags: 'wx', mode: 0o600, flush: true }), {
    signal: run.signal,
  }).catch((error: unknown) => {
    run.signal.throwIfAborted()
    throw error
  })
  const sha256 = hash.digest('hex')
  if (bytes === part.sourceBytes && sha256 === part.sourceSha256) return
  throw new HoldfastError('object-damaged', `${part.file} does not hold the bytes that were stored.`, {
    remedy: 'Restore from another copy or an older backup, and run a restore test of the other backups.',
    facts: { expected: [part.sourceBytes, part.sourceSha256], actual: [bytes, sha256] },
  })
}
