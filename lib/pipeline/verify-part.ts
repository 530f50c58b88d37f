import { Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { RunContext } from '@/lib/ports/run-context'
import { stageBufferBytes } from './buffer-size'
import { type OpenPartInput, openPart } from './open-part'
import { ProgressMeter } from './progress-meter'

/**
 * Reads a part back to its end against all checksums, through decryption and decompression, and discards it. Throws
 * what `openPart` throws and what its stream fails with. Progress is in stored bytes.
 */
export async function verifyPart(
  input: Omit<OpenPartInput, 'onStoredBytes'>,
  run: RunContext,
): Promise<{ storedBytes: number; sourceBytes: number }> {
  const { storedBytes } = input.part
  const meter = new ProgressMeter({
    phase: 'verifying',
    totalBytes: storedBytes,
    report: (progress) => run.progress(progress),
  })
  const plain = await openPart({ ...input, onStoredBytes: (bytes) => meter.update(bytes) }, run)
  let sourceBytes = 0
  const discard = new Writable({
    highWaterMark: stageBufferBytes,
    write(chunk: Buffer, _encoding, callback) {
      sourceBytes += chunk.length
      callback()
    },
  })
  await pipeline(plain, discard)
  return { storedBytes, sourceBytes }
}
