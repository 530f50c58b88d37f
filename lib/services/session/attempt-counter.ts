import { lockoutMs } from './limits'

interface Entry {
  count: number
  /** When the count is forgotten; moved on by every counted attempt until the limit is reached. */
  until: number
}

/**
 * Counts sign-in attempts by key, in memory. An attempt counts from its start, so that many at once cannot slip past
 * the limit while their passwords are being checked. Bounded: forgets ended entries, then the oldest.
 */
export class AttemptCounter {
  readonly #entries = new Map<string, Entry>()

  constructor(
    private readonly limit: number,
    private readonly maxEntries = 10_000,
  ) {}

  /** Counts an attempt. Null when it may go on, else the milliseconds until it may be tried again. */
  begin(key: string, nowMs: number): number | null {
    const entry = this.#entries.get(key)
    if (entry && entry.until > nowMs) {
      if (entry.count >= this.limit) return entry.until - nowMs
      entry.count += 1
      entry.until = nowMs + lockoutMs
      return null
    }
    this.#makeRoom(nowMs)
    this.#entries.set(key, { count: 1, until: nowMs + lockoutMs })
    return null
  }

  /** The attempt succeeded: the key starts afresh. */
  clear(key: string): void {
    this.#entries.delete(key)
  }

  /** Takes back one attempt that turned out not to be a failure, and leaves the others counted. */
  takeBack(key: string): void {
    const entry = this.#entries.get(key)
    if (entry) entry.count = Math.max(0, entry.count - 1)
  }

  #makeRoom(nowMs: number): void {
    if (this.#entries.size < this.maxEntries) return
    for (const [key, entry] of this.#entries) if (entry.until <= nowMs) this.#entries.delete(key)
    const oldest = this.#entries.keys().next()
    if (this.#entries.size >= this.maxEntries && !oldest.done) this.#entries.delete(oldest.value)
  }
}
