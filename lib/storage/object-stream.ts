import { Readable } from 'node:stream'

/**
 * A stream over an object's chunks. An abort destroys it with the signal's reason even while nobody reads or listens, and
 * `release` runs once, however it ends: also when it was destroyed before its first byte was asked for, where a
 * generator's own `finally` would not run.
 */
export function objectStream(
  chunks: AsyncIterable<Buffer>,
  options: { signal: AbortSignal; highWaterMark: number; release(): void | Promise<void> },
): Readable {
  const stream = Readable.from(chunks, { objectMode: false, highWaterMark: options.highWaterMark })
  // Who opened it may give up before its reader is there; an error that nobody hears would end the process.
  stream.on('error', () => undefined)
  const onAbort = () => {
    const { reason } = options.signal
    stream.destroy(reason instanceof Error ? reason : new Error('The run was aborted', { cause: reason }))
  }
  options.signal.addEventListener('abort', onAbort, { once: true })
  stream.once('close', () => {
    options.signal.removeEventListener('abort', onAbort)
    void Promise.resolve(options.release()).catch(() => undefined)
  })
  if (options.signal.aborted) onAbort()
  return stream
}
