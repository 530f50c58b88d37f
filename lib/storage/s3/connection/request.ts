import type { RunContext } from '@/lib/ports/run-context'
import { retry, type RetryPolicy } from '@/lib/storage/retry'
import { classifyError } from '@/lib/storage/s3/classify-error'
import { isNotImplemented } from './read-fault'
import type { S3Store } from '@/lib/storage/s3/store'

interface RequestOptions {
  what: string
  key?: string
  policy?: RetryPolicy
}

/**
 * One request of the store: errors in the port's words, and repeated when they may pass. Retrying here and nowhere
 * above keeps the number of attempts what the policy says, and lets a listing of many pages go on where it stood.
 */
export function request<T>(
  store: S3Store,
  run: Pick<RunContext, 'signal' | 'logger'>,
  options: RequestOptions,
  send: (signal: AbortSignal, attempt: number) => Promise<T>,
): Promise<T> {
  return retry(
    async (attempt) => {
      try {
        return await send(run.signal, attempt)
      } catch (error) {
        if (isNotImplemented(error)) throw error
        throw classifyError(error, store.config, options.key)
      }
    },
    { what: options.what, policy: options.policy ?? store.tuning.retry, signal: run.signal, logger: run.logger },
  ).catch((error: unknown) => {
    run.signal.throwIfAborted()
    throw error
  })
}

/** `request` whose "not implemented" is an ordinary error as well: for operations without a fallback. */
export async function plainRequest<T>(
  store: S3Store,
  run: Pick<RunContext, 'signal' | 'logger'>,
  options: RequestOptions,
  send: (signal: AbortSignal, attempt: number) => Promise<T>,
): Promise<T> {
  try {
    return await request(store, run, options, send)
  } catch (error) {
    run.signal.throwIfAborted()
    throw classifyError(error, store.config, options.key)
  }
}
