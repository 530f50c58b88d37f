import { HoldfastError } from '@/lib/core/holdfast-error'

/** The refusal of whoever was wrong too often; `retryAfterMs` is also a fact of it. */
export function rateLimited(retryAfterMs: number, message = 'Too many sign-ins failed.'): HoldfastError {
  const minutes = Math.max(1, Math.ceil(retryAfterMs / 60_000))
  return new HoldfastError('rate-limited', message, {
    remedy: `Try again in ${minutes} ${minutes === 1 ? 'minute' : 'minutes'}.`,
    facts: { retryAfterMs },
  })
}
