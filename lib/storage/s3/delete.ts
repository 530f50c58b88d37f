import { DeleteObjectCommand } from '@aws-sdk/client-s3'
import { isTransient, toFailure } from '@/lib/core/holdfast-error'
import { tellFailure } from '@/lib/core/tell-failure'
import type { RunContext } from '@/lib/ports/run-context'
import type { DeleteOutcome } from '@/lib/ports/storage'
import { classifyError } from './classify-error'
import { headFull } from './head'
import { plainRequest } from './connection/request'
import type { S3Store } from './store'

/**
 * Deletes one after the other. Batch deletion has no order, and a crash in the middle of it could take what a kept
 * backup depends on; some stores do not have it at all.
 */
export async function deleteObjects(store: S3Store, keys: string[], run: RunContext): Promise<DeleteOutcome[]> {
  const outcomes: DeleteOutcome[] = []
  for (const key of keys) outcomes.push(await deleteOne(store, key, run))
  return outcomes
}

async function deleteOne(store: S3Store, key: string, run: RunContext): Promise<DeleteOutcome> {
  try {
    if (!(await headFull(store, key, run))) return { key, result: 'absent' }
    await plainRequest(store, run, { what: 'delete', key }, (signal) =>
      store.client.send(new DeleteObjectCommand({ Bucket: store.config.bucket, Key: store.name(key) }), {
        abortSignal: signal,
      }),
    )
    return { key, result: 'deleted' }
  } catch (error) {
    run.signal.throwIfAborted()
    const failure = classifyError(error, store.config, key)
    if (failure.code === 'storage-not-found' || failure.code === 'storage-unreachable') throw failure
    const refused = failure.code === 'storage-denied' && !isTransient(failure)
    return { key, result: refused ? 'refused' : 'failed', message: tellFailure(toFailure(failure)) }
  }
}
