import { Readable } from 'node:stream'
import type { GetObjectCommand } from '@aws-sdk/client-s3'
import { HoldfastError } from '@/lib/core/holdfast-error'
import type { S3Store } from './store'

/** Sends a GET and waits for its headers, at most for the stall time. */
export async function openBody(
  store: S3Store,
  command: GetObjectCommand,
  signal: AbortSignal,
): Promise<{ body: Readable; contentRange: string | undefined }> {
  const stall = new AbortController()
  const timer = setTimeout(() => stall.abort(stalled()), store.tuning.stallMs)
  try {
    const answer = await store.reader.send(command, { abortSignal: AbortSignal.any([signal, stall.signal]) })
    if (!(answer.Body instanceof Readable))
      throw new HoldfastError('storage-failed', 'The store answered without a body')
    return { body: answer.Body, contentRange: answer.ContentRange }
  } catch (error) {
    throw stall.signal.aborted ? stall.signal.reason : error
  } finally {
    clearTimeout(timer)
  }
}

/** A body's chunks. The clock runs only while a chunk is awaited, so that a slow consumer is not taken for a stall. */
export async function* watchedChunks(body: Readable, stallMs: number): AsyncGenerator<Buffer> {
  const iterator = (body as AsyncIterable<Buffer>)[Symbol.asyncIterator]()
  try {
    for (;;) {
      const timer = setTimeout(() => body.destroy(stalled()), stallMs)
      const next = await iterator.next().finally(() => clearTimeout(timer))
      if (next.done) return
      yield next.value
    }
  } finally {
    body.destroy()
  }
}

function stalled(): HoldfastError {
  return new HoldfastError('storage-unreachable', 'The store stopped sending in the middle of an object', {
    transient: true,
  })
}
