import { HoldfastError } from '@/lib/core/holdfast-error'

/** The refusal after too many wrong attempts; `retryAfterMs` is also one of its facts. */
export function rateLimited(retryAfterMs: number, message = 'Too many sign-ins failed.'): HoldfastError {
  const minutes = Math.max(1, Math.ceil(retryAfterMs / 60_000))
  return new HoldfastError('rate-limited', message, {
    remedy: `Try again in ${minutes} ${minutes === 1 ? 'minute' : 'minutes'}.`,
    facts: { retryAfterMs },
  })
}
