import { DeleteObjectCommand } from '@aws-sdk/client-s3'
import type { Logger } from '@/lib/ports/run-context'
import { abortUpload, unfinishedUploads } from './abort-uploads'
import { headOwn } from '@/lib/storage/s3/head'
import type { PutState } from './put-state'
import { plainRequest } from '@/lib/storage/s3/connection/request'
import type { S3Store } from '@/lib/storage/s3/store'

/** Cleaning up must not hold a cancelled run for long; what it leaves, the lifecycle rule and the sweep remove. */
const cleanUpMs = 15_000

/**
 * Takes back what a put left: its unfinished upload, uploads whose creation was never answered, and an object that is
 * from this upload but was not confirmed. It has a signal of its own, because the run's is usually aborted by now.
 */
export async function cleanUp(store: S3Store, state: PutState, logger: Logger): Promise<void> {
  const scope = { signal: AbortSignal.timeout(cleanUpMs), logger }
  const step = async (what: string, action: () => Promise<void>) => {
    try {
      await action()
    } catch (error) {
      logger.warn('could not clean up after an upload', { what, key: state.key, error: String(error) })
    }
  }
  const { uploadId } = state
  if (uploadId) await step('abort upload', () => abortUpload(store, store.name(state.key), uploadId, scope))
  if (state.createAttempts > (uploadId ? 1 : 0)) {
    await step('sweep uploads', async () => {
      for await (const upload of unfinishedUploads(store, store.name(state.key), scope)) {
        if (upload.name === store.name(state.key)) await abortUpload(store, upload.name, upload.uploadId, scope)
      }
    })
  }
  if (state.commitSent) {
    await step('delete object', async () => {
      const own = await plainRequest(store, scope, { what: 'head', key: state.key }, (signal) =>
        headOwn(store, state, signal),
      )
      if (!own) return
      const input = {
        Bucket: store.config.bucket,
        Key: store.name(state.key),
        ...(own.VersionId ? { VersionId: own.VersionId } : {}),
      }
      await plainRequest(store, scope, { what: 'delete', key: state.key }, (signal) =>
        store.client.send(new DeleteObjectCommand(input), { abortSignal: signal }),
      )
    })
  }
}
