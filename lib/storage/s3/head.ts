import { HeadBucketCommand, HeadObjectCommand, type HeadObjectCommandOutput } from '@aws-sdk/client-s3'
import type { RunContext } from '@/lib/ports/run-context'
import type { ObjectInfo } from '@/lib/ports/storage'
import { askAgain } from './connection/ask-again'
import { isStranger, readFault } from './connection/read-fault'
import { putIdName } from './upload/object-input'
import { plainRequest } from './connection/request'
import type { S3Store } from './store'

export type Head = HeadObjectCommandOutput

/** One HEAD, not repeated; null when there is no such object. */
export async function headRaw(store: S3Store, key: string, signal: AbortSignal): Promise<Head | null> {
  const { bucket } = store.config
  try {
    return await store.client.send(
      new HeadObjectCommand({ Bucket: bucket, Key: store.name(key), ChecksumMode: 'ENABLED' }),
      { abortSignal: signal },
    )
  } catch (error) {
    const { status } = readFault(error)
    if (status === undefined || status >= 500 || status === 429) throw error
    if (status === 404) {
      await requireBucket(store, key, signal)
      return null
    }
    const refusal = await askAgain(store, key, signal)
    // A GET that finds nothing was let through, so it says nothing about the refusal.
    throw refusal === null || [404, 416].includes(readFault(refusal).status ?? 404) ? error : refusal
  }
}

/** The object, if it is the one that this put created. */
export async function headOwn(
  store: S3Store,
  put: { key: string; putId: string },
  signal: AbortSignal,
): Promise<Head | null> {
  const head = await headRaw(store, put.key, signal)
  return head?.Metadata?.[putIdName] === put.putId ? head : null
}

/** HEAD with retries and errors in the port's words. */
export function headFull(
  store: S3Store,
  key: string,
  run: Pick<RunContext, 'signal' | 'logger'>,
): Promise<Head | null> {
  return plainRequest(store, run, { what: 'head', key }, (signal) => headRaw(store, key, signal))
}

export async function headObject(store: S3Store, key: string, run: RunContext): Promise<ObjectInfo | null> {
  const head = await headFull(store, key, run)
  if (!head) return null
  return {
    key,
    sizeBytes: head.ContentLength ?? 0,
    lastModified: head.LastModified ?? null,
    version: head.ETag ?? null,
    // S3 leaves the header out for its standard class.
    storageClass: head.StorageClass ?? 'STANDARD',
  }
}

const seen = new WeakSet<S3Store>()

/** HEAD has no body to tell a missing object from a missing bucket, and the difference is everything. */
async function requireBucket(store: S3Store, key: string, signal: AbortSignal): Promise<void> {
  if (seen.has(store)) return
  try {
    await store.client.send(new HeadBucketCommand({ Bucket: store.config.bucket }), { abortSignal: signal })
  } catch (error) {
    const { status } = readFault(error)
    // A key that may read objects but not the bucket: then the 404 was about the object.
    if (status !== 403) throw status === 404 ? await whyNoBucket(store, key, signal) : error
  }
  seen.add(store)
}

/** A server that is no store has no bucket either. */
async function whyNoBucket(store: S3Store, key: string, signal: AbortSignal): Promise<unknown> {
  const refusal = await askAgain(store, key, signal)
  const fault = readFault(refusal)
  if (fault.code === 'NoSuchBucket' || isStranger(fault)) return refusal
  return Object.assign(new Error('No such bucket', { cause: refusal }), { Code: 'NoSuchBucket' })
}
