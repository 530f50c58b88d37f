import type { PaceFacts } from '@/lib/core/copy/judge-pace'
import type { Clock } from '@/lib/ports/run-context'

/** A longer gap between two measurements means a stopped process or a changed clock, not a slow destination. */
const longestGapMs = 10_000

/** What one stream reports about its sinks; see `Pace`. */
export interface StreamPace {
  /** Bytes that every sink was given. */
  took(bytes: number): void
  /** From now on it waits for these alone, while another could take more; none: it does not wait. */
  waitsFor(sinkIds: readonly string[]): void
  /** It is over. Idempotent. */
  end(): void
}

/**
 * Adds up what the streams of one backup, which go to the same destinations side by side, wait for. Time is that of the
 * run's clock. To be looked at every second or so.
 */
export class Pace {
  private readonly streams = new Map<symbol, readonly string[]>()
  private readonly waitedMs = new Map<string, { destinationIds: readonly string[]; ms: number }>()
  private lookedAtMs: number
  private elapsedMs = 0
  private bytes = 0

  constructor(private readonly clock: Clock) {
    this.lookedAtMs = clock.now().getTime()
  }

  open(): StreamPace {
    const key = Symbol('stream')
    const set = (sinkIds: readonly string[]) => {
      this.look()
      this.streams.set(key, sinkIds)
    }
    set([])
    return {
      took: (bytes) => void (this.bytes += bytes),
      waitsFor: (sinkIds) => set([...sinkIds].sort()),
      end: () => {
        this.look()
        this.streams.delete(key)
      },
    }
  }

  facts(): Omit<PaceFacts, 'readShare'> & { bytes: number } {
    this.look()
    return { elapsedMs: this.elapsedMs, waits: [...this.waitedMs.values()], bytes: this.bytes }
  }

  /** Forgets what was: what is left is measured anew. */
  restart(): void {
    this.look()
    this.waitedMs.clear()
    this.elapsedMs = 0
    this.bytes = 0
  }

  private look(): void {
    const now = this.clock.now().getTime()
    const ms = Math.min(longestGapMs, Math.max(0, now - this.lookedAtMs))
    this.lookedAtMs = now
    if (this.streams.size === 0) return
    this.elapsedMs += ms
    for (const destinationIds of this.streams.values()) {
      if (destinationIds.length === 0) continue
      const key = destinationIds.join(' ')
      const waited = this.waitedMs.get(key) ?? { destinationIds, ms: 0 }
      waited.ms += ms / this.streams.size
      this.waitedMs.set(key, waited)
    }
  }
}
