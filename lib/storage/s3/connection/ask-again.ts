import { GetObjectCommand } from '@aws-sdk/client-s3'
import { Readable } from 'node:stream'
import type { S3Store } from '@/lib/storage/s3/store'

/**
 * An answer to HEAD has no body, so a wrong region, clock, key, secret and right all look alike. A GET of the object's
 * first byte asks for the same right, and its refusal names the reason. Answers that refusal, or null when the GET was
 * not refused.
 */
export async function askAgain(store: S3Store, key: string, signal: AbortSignal): Promise<unknown> {
  const command = new GetObjectCommand({ Bucket: store.config.bucket, Key: store.name(key), Range: 'bytes=0-0' })
  try {
    const { Body } = await store.client.send(command, { abortSignal: signal })
    if (Body instanceof Readable) Body.destroy()
    return null
  } catch (error) {
    signal.throwIfAborted()
    return error
  }
}
