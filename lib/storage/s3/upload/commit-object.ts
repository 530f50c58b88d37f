import { HoldfastError } from '@/lib/core/holdfast-error'
import type { RunContext } from '@/lib/ports/run-context'
import { classifyError } from '@/lib/storage/s3/classify-error'
import { isNotImplemented, readFault } from '@/lib/storage/s3/connection/read-fault'
import { headOwn, headRaw } from '@/lib/storage/s3/head'
import { request } from '@/lib/storage/s3/connection/request'
import type { PutState } from './put-state'
import type { S3Store } from '@/lib/storage/s3/store'

/**
 * Sends the request that makes the object visible, and answers its ETag. A lost answer leaves it open whether the
 * object is there, so a refusal (412, or an upload that is gone) and a last failure are checked against the store: an
 * object with our put id is our success. An answer without an ETag is no success, whatever its status.
 */
export async function commitObject(
  store: S3Store,
  state: PutState,
  run: RunContext,
  send: (signal: AbortSignal, condition: { IfNoneMatch?: '*' }) => Promise<{ ETag?: string }>,
): Promise<string> {
  const { key } = state
  const attempt = async (signal: AbortSignal) => {
    const conditional = store.features.conditionalCreate
    if (!conditional && (await headRaw(store, key, signal))) throw objectExists(key)
    state.commitSent = true
    const answer = await send(signal, conditional ? { IfNoneMatch: '*' } : {})
    if (!answer.ETag) {
      throw new HoldfastError('storage-failed', `The store answered success for ${key}, but without an ETag`, {
        transient: true,
        facts: { key },
      })
    }
    return answer.ETag
  }
  try {
    return await request(store, run, { what: 'create object', key }, async (signal) => {
      try {
        return await attempt(signal)
      } catch (error) {
        if (!state.commitSent || !mayBeOurs(error)) throw error
        const own = await headOwn(store, state, signal)
        if (own?.ETag) return own.ETag
        throw error
      }
    })
  } catch (error) {
    run.signal.throwIfAborted()
    if (isNotImplemented(error) || !state.commitSent) throw error
    const own = await headOwn(store, state, run.signal).catch(() => null)
    if (own?.ETag) return own.ETag
    throw classifyError(error, store.config, key)
  }
}

export function objectExists(key: string): HoldfastError {
  return new HoldfastError('object-exists', `${key} exists already and is not overwritten`, {
    remedy: 'Another instance may use the same bucket: give each its own prefix',
    facts: { key },
  })
}

function mayBeOurs(error: unknown): boolean {
  if (error instanceof HoldfastError) return error.code === 'object-exists'
  const { status, code } = readFault(error)
  return status === 412 || code === 'NoSuchUpload'
}
