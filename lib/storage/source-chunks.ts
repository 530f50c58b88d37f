import type { Readable } from 'node:stream'
import { HoldfastError } from '@/lib/core/holdfast-error'

/**
 * The chunks of a stream to store. Only a proper end ends it: an error, a `destroy()` or a stream that was already read
 * throws, because a truncated source that looks like a short object would be a false green. An abort destroys the source,
 * so that its producer notices.
 */
export async function* sourceChunks(body: Readable, signal: AbortSignal): AsyncGenerator<Buffer> {
  const onAbort = () => body.destroy(abortReason(signal))
  signal.addEventListener('abort', onAbort, { once: true })
  try {
    signal.throwIfAborted()
    if (body.readableEnded) throw sourceFailed(new Error('The stream had already been read to its end'))
    // On a stream that was destroyed before, with or without an error, the iterator throws.
    for await (const chunk of body as AsyncIterable<Buffer | string>) {
      yield typeof chunk === 'string' ? Buffer.from(chunk) : chunk
    }
    signal.throwIfAborted()
  } catch (error) {
    signal.throwIfAborted()
    throw error instanceof HoldfastError ? error : sourceFailed(error)
  } finally {
    signal.removeEventListener('abort', onAbort)
    body.destroy()
  }
}

function abortReason(signal: AbortSignal): Error {
  return signal.reason instanceof Error ? signal.reason : new Error('The run was aborted', { cause: signal.reason })
}

function sourceFailed(cause: unknown): HoldfastError {
  const why = cause instanceof Error ? cause.message : String(cause)
  return new HoldfastError('source-failed', `The data to store ended before it was complete: ${why}`, { cause })
}
