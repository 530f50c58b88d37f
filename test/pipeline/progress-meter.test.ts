import { describe, expect, it } from 'vitest'
import type { Progress } from '@/lib/contracts/job'
import { ProgressMeter } from '@/lib/pipeline/progress-meter'

/** Plays (ms, bytes) against a meter with a clock of its own; answers what it reported. */
function play(steps: [atMs: number, bytes: number][], totalBytes?: number): Progress[] {
  const reports: Progress[] = []
  let now = 0
  const meter = new ProgressMeter({
    phase: 'x',
    totalBytes,
    report: (progress) => reports.push(progress),
    nowMs: () => now,
  })
  for (const [atMs, bytes] of steps) {
    now = atMs
    meter.update(bytes)
  }
  return reports
}

describe('progress', () => {
  it('is reported at most twice a second', () => {
    const steps = Array.from({ length: 1_000 }, (_, i): [number, number] => [i * 10, i])
    expect(play(steps).length).toBeLessThanOrEqual(20)
  })

  it('has rate and estimate', () => {
    expect(play([[1_000, 1_000]], 5_000)).toEqual([
      { phase: 'x', doneBytes: 1_000, totalBytes: 5_000, ratePerSecondBytes: 1_000, etaMs: 4_000 },
    ])
  })

  it('shows the rate of the last ten seconds, not the average since the start', () => {
    const fast: [number, number][] = Array.from({ length: 60 }, (_, i) => [i * 1_000, i * 1_000_000])
    const slow: [number, number][] = Array.from({ length: 20 }, (_, i) => [60_000 + i * 1_000, 60_000_000 + i * 10])
    expect(play([...fast, ...slow]).at(-1)?.ratePerSecondBytes).toBeLessThan(1_000)
  })

  it('promises no total and no end once the estimate was passed', () => {
    const last = play([[1_000, 6_000]], 5_000).at(-1)
    expect(last).toEqual({ phase: 'x', doneBytes: 6_000, ratePerSecondBytes: 6_000 })
  })

  it('knows no end while nothing moves', () => {
    expect(play([[1_000, 0]], 5_000).at(-1)?.etaMs).toBeUndefined()
  })
})
