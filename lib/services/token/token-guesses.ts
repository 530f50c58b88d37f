import { AttemptCounter } from '../session/attempt-counter'
import { rateLimited } from '../session/rate-limited'

/** Wrong tokens from one client address, after which it gets no further answer than to wait. */
const perAddress = 20
/** Wrong tokens from everywhere within a minute; each further one waits longer for its answer. */
const freePerMinute = 300
const longestDelayMs = 2_000
const minuteMs = 60_000

/**
 * Counts wrong bearer tokens in one process. Valid tokens are never counted and never wait: they are looked up first, so
 * clients that share an address with a guesser keep working.
 */
export class TokenGuesses {
  readonly #byAddress = new AttemptCounter(perAddress)
  #minute = { from: 0, count: 0 }

  /**
   * A wrong token came from this address. Answers how long its refusal has to wait when many come from everywhere. Throws
   * `rate-limited` when too many came from this address.
   */
  count(address: string | null, nowMs: number): number {
    if (nowMs - this.#minute.from >= minuteMs) this.#minute = { from: nowMs, count: 0 }
    this.#minute.count += 1
    const waitMs = this.#byAddress.begin(address ?? 'unknown', nowMs)
    if (waitMs !== null) throw rateLimited(waitMs, 'Too many wrong API tokens came from this address.')
    const over = this.#minute.count - freePerMinute
    return over <= 0 ? 0 : Math.min(longestDelayMs, over * 10)
  }
}
