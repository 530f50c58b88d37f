import { setTimeout as delay } from 'node:timers/promises'
import { GetObjectCommand } from '@aws-sdk/client-s3'
import type { Readable } from 'node:stream'
import { HoldfastError, isTransient } from '@/lib/core/holdfast-error'
import type { RunContext } from '@/lib/ports/run-context'
import { objectStream } from '../object-stream'
import { backoffMs } from '../retry'
import { classifyError, objectNotFound } from './classify-error'
import { headFull } from './head'
import { openBody, watchedChunks } from './open-body'
import { readFault } from './connection/read-fault'
import { plainRequest } from './connection/request'
import type { S3Store } from './store'

interface Span {
  key: string
  etag: string | undefined
  from: number
  /** One past the last byte. */
  until: number
  whole: boolean
}

/**
 * Reads an object whose size and ETag were asked for first, so that neither a short answer nor an object that was
 * replaced meanwhile passes for it. A connection that breaks is taken up again at the next byte.
 */
export async function get(
  store: S3Store,
  key: string,
  range: { start: number; end: number } | null,
  run: RunContext,
): Promise<Readable> {
  const head = await headFull(store, key, run)
  if (!head) throw objectNotFound(key, store.config)
  const size = head.ContentLength ?? 0
  const until = range ? range.end + 1 : size
  if (until > size) throw damaged(key, until, size)
  const span: Span = { key, etag: head.ETag, from: range?.start ?? 0, until, whole: range === null }
  return objectStream(chunks(store, span, run), {
    signal: run.signal,
    highWaterMark: 256 * 1024,
    release: () => undefined,
  })
}

async function* chunks(store: S3Store, span: Span, run: RunContext): AsyncGenerator<Buffer> {
  const { attempts } = store.tuning.retry
  let position = span.from
  let failures = 0
  let shortBodies = 0
  while (position < span.until) {
    const resumedAt = position
    try {
      const body = await open(store, span, position, run)
      for await (const chunk of watchedChunks(body, store.tuning.stallMs)) {
        position += chunk.length
        if (position > span.until) throw damaged(span.key, span.until, position)
        yield chunk
      }
      if (position < span.until) {
        shortBodies += 1
        // One short answer may be a proxy's; a second one is the object.
        if (shortBodies > 1) throw damaged(span.key, span.until, position)
      }
    } catch (error) {
      run.signal.throwIfAborted()
      const failure = classifyError(error, store.config, span.key)
      // An object that comes in pieces still comes: only attempts without a single byte count up.
      failures = position > resumedAt ? 1 : failures + 1
      if (!isTransient(failure) || failures >= attempts) throw failure
      run.logger.warn('reading was interrupted, resuming', { key: span.key, position, error: failure.message })
      const pauseMs = backoffMs(store.tuning.retry, failures)
      await delay(pauseMs, undefined, { signal: run.signal }).catch(() => run.signal.throwIfAborted())
    }
  }
}

async function open(store: S3Store, span: Span, position: number, run: RunContext): Promise<Readable> {
  const ranged = !span.whole || position > 0
  return plainRequest(store, run, { what: 'get', key: span.key }, async (signal) => {
    const command = new GetObjectCommand({
      Bucket: store.config.bucket,
      Key: store.name(span.key),
      ...(span.etag ? { IfMatch: span.etag } : {}),
      ...(ranged ? { Range: `bytes=${position}-${span.until - 1}` } : {}),
    })
    try {
      const { body, contentRange } = await openBody(store, command, signal)
      if (!ranged || contentRange?.startsWith(`bytes ${position}-`)) return body
      body.destroy()
      throw new HoldfastError('storage-failed', 'The store ignores ranges, so an interrupted read cannot be resumed')
    } catch (error) {
      if (readFault(error).status !== 412) throw error
      throw new HoldfastError('object-damaged', `${span.key} was replaced while it was being read`, { cause: error })
    }
  })
}

function damaged(key: string, expectedBytes: number, foundBytes: number): HoldfastError {
  const how = foundBytes < expectedBytes ? `ends at byte ${foundBytes}` : `goes on to byte ${foundBytes}`
  return new HoldfastError('object-damaged', `${key} ${how}, expected ${expectedBytes}`, {
    remedy: 'Restore from another copy, and verify this one',
    facts: { key, expectedBytes, foundBytes },
  })
}
