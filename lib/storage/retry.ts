import { setTimeout as delay } from 'node:timers/promises'
import { isTransient } from '@/lib/core/holdfast-error'
import type { Logger } from '@/lib/ports/run-context'

export interface RetryPolicy {
  /** Attempts in all, the first one included. */
  attempts: number
  /** Upper bound of the first pause; it doubles with each attempt. */
  baseDelayMs: number
  maxDelayMs: number
}

/** About a quarter of a minute in all: long enough for a store's restart of one node, short enough to fail honestly. */
export const defaultRetryPolicy: RetryPolicy = { attempts: 6, baseDelayMs: 500, maxDelayMs: 20_000 }

/**
 * Full jitter: anywhere between nothing and the bound. Many uploads that a store refused at the same moment must not
 * come back at the same moment.
 */
export function backoffMs(policy: RetryPolicy, failedAttempts: number, random: () => number = Math.random): number {
  return Math.round(random() * Math.min(policy.maxDelayMs, policy.baseDelayMs * 2 ** (failedAttempts - 1)))
}

/**
 * Runs `attempt` until it succeeds, fails for good, or the policy is exhausted; then the last error is thrown. Only
 * transient errors are repeated. An abort ends the wait at once and rejects with the signal's reason.
 */
export async function retry<T>(
  attempt: (number: number) => Promise<T>,
  input: { what: string; policy: RetryPolicy; signal: AbortSignal; logger: Logger },
): Promise<T> {
  for (let number = 1; ; number += 1) {
    input.signal.throwIfAborted()
    try {
      return await attempt(number)
    } catch (error) {
      input.signal.throwIfAborted()
      if (number >= input.policy.attempts || !isTransient(error)) throw error
      const delayMs = backoffMs(input.policy, number)
      input.logger.warn('storage request failed, trying again', {
        what: input.what,
        attempt: number,
        delayMs,
        error: error instanceof Error ? error.message : String(error),
      })
      await delay(delayMs, undefined, { signal: input.signal }).catch(() => input.signal.throwIfAborted())
    }
  }
}
