import { Readable } from 'node:stream'
import type { RunContext } from '@/lib/ports/run-context'
import { recycle } from '@/lib/process/buffer-pool'
import { type CompressOptions, compress } from './compress'

export interface CompressionMeasurement {
  /** Less than the sample when the time was up. */
  inputBytes: number
  outputBytes: number
  durationMs: number
}

/**
 * Compresses a sample and keeps nothing. After `limitMs` it is given no more input, so that a slow compression is
 * measured on the beginning of the sample alone. Errors: those of `compress`.
 */
export async function measureCompression(
  options: CompressOptions,
  sample: readonly Buffer[],
  limitMs: number,
  run: RunContext,
): Promise<CompressionMeasurement> {
  let inputBytes = 0
  let startedAt = performance.now()
  function* untilTimeIsUp() {
    for (const piece of sample) {
      if (performance.now() - startedAt >= limitMs && inputBytes > 0) return
      inputBytes += piece.length
      yield piece
    }
  }
  const input = Readable.from(untilTimeIsUp(), { objectMode: false })
  const { stream, finished } = compress(options, input, run)
  // Without the start of the program, which a backup pays once and a sample would pay dearly.
  startedAt = performance.now()
  let outputBytes = 0
  stream.on('data', (chunk: Buffer) => {
    outputBytes += chunk.length
    recycle(chunk)
  })
  const ended = new Promise<void>((resolve, reject) => {
    stream.once('end', resolve)
    stream.once('error', reject)
  })
  // The compressor's story first: its stream only ends with it.
  await Promise.all([finished, ended])
  return { inputBytes, outputBytes, durationMs: performance.now() - startedAt }
}
