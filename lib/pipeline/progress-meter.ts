import type { Progress } from '@/lib/contracts/job'

/** The rate is that of the last ten seconds: an average over hours would hide that it has become slow. */
const windowMs = 10_000
const reportEveryMs = 500

/** Turns a byte count into progress with rate and estimate, and reports it at most twice a second. */
export class ProgressMeter {
  private samples: { atMs: number; bytes: number }[] = []
  private reportedAtMs = Number.NEGATIVE_INFINITY

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
    const now = this.nowMs()
    if (now - this.reportedAtMs < reportEveryMs) return
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
