import type { Progress } from '@/lib/contracts/job'

/** The rate is that of the last ten seconds: an average over hours would hide that it has become slow. */
const windowMs = 10_000
const reportEveryMs = 500

/** Turns a byte count into progress with rate and estimate, and reports it at most twice a second. */
export class ProgressMeter {
  private samples: { atMs: number; bytes: number }[] = []
  private reportedAtMs = Number.NEGATIVE_INFINITY
  private latest = 0
  private trailing: NodeJS.Timeout | null = null

  constructor(
    private readonly options: {
      phase: string
      totalBytes?: number | undefined
      report: (progress: Progress) => void
      /** Milliseconds on a clock that only goes forward. */
      nowMs?: () => number
    },
  ) {
    this.samples.push({ atMs: this.nowMs(), bytes: 0 })
  }

  private nowMs(): number {
    return (this.options.nowMs ?? (() => performance.now()))()
  }

  /** Takes the whole count so far; cheap to call per chunk. */
  update(doneBytes: number): void {
    this.latest = doneBytes
    const now = this.nowMs()
    const waitMs = this.reportedAtMs + reportEveryMs - now
    // A stream that stops must not leave an old figure standing: what came last is reported a little later.
    if (waitMs > 0) this.trailing ??= setTimeout(() => this.flush(), waitMs).unref()
    else this.flush()
  }

  private flush(): void {
    if (this.trailing) clearTimeout(this.trailing)
    this.trailing = null
    const now = this.nowMs()
    const doneBytes = this.latest
    this.reportedAtMs = now
    this.samples.push({ atMs: now, bytes: doneBytes })
    while (this.samples.length > 2 && now - (this.samples[1]?.atMs ?? now) >= windowMs) this.samples.shift()
    this.options.report(this.progress(now, doneBytes))
  }

  private progress(now: number, doneBytes: number): Progress {
    const { phase, totalBytes } = this.options
    const oldest = this.samples[0]
    const elapsedMs = oldest ? now - oldest.atMs : 0
    const rate = oldest && elapsedMs > 0 ? ((doneBytes - oldest.bytes) * 1_000) / elapsedMs : undefined
    // An estimate that was passed is no total any more.
    const total = totalBytes !== undefined && totalBytes >= doneBytes ? totalBytes : undefined
    return {
      phase,
      doneBytes,
      ...(total === undefined ? {} : { totalBytes: total }),
      ...(rate === undefined ? {} : { ratePerSecondBytes: Math.round(rate) }),
      ...(total === undefined || !rate ? {} : { etaMs: Math.round(((total - doneBytes) / rate) * 1_000) }),
    }
  }
}
