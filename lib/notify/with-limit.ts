import { HoldfastError } from '@/lib/core/holdfast-error'

/**
 * Runs the call, but gives up after the time limit or on abort, whichever comes first; for libraries that take no
 * signal. The call is handed the signal too.
 */
export async function withLimit<T>(
  limitMs: number,
  signal: AbortSignal,
  call: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const timeout = AbortSignal.timeout(limitMs)
  const both = AbortSignal.any([signal, timeout])
  both.throwIfAborted()
  const given = Promise.withResolvers<never>()
  const onAbort = () => {
    const late = new HoldfastError('notify-failed', `The receiver did not answer within ${limitMs / 1_000} seconds`, {
      remedy: 'Check that the receiver is up and reachable from the worker.',
      transient: true,
    })
    given.reject(signal.aborted ? signal.reason : late)
  }
  both.addEventListener('abort', onAbort, { once: true })
  try {
    return await Promise.race([call(both), given.promise])
  } finally {
    both.removeEventListener('abort', onAbort)
  }
}
