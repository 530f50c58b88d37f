import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  chooseWaiting,
  fullLimit,
  fullLimitBeside,
  fullLoads,
  hostKey,
  limitWords,
  type JobLoad,
} from '@/lib/core/job/limits'
import { retryDelayMs } from '@/lib/core/job/retry-delay'

const job = fc.record({
  kind: fc.constantFrom<JobLoad['kind']>('backup', 'backup', 'restore-test', 'copy'),
  host: fc.constantFrom(null, 'a', 'b', 'c'),
  destinationIds: fc.uniqueArray(fc.constantFrom('x', 'y', 'z'), { maxLength: 3 }),
})
const limits = fc.record({
  global: fc.integer({ min: 1, max: 8 }),
  perHost: fc.integer({ min: 1, max: 4 }),
  perDestination: fc.integer({ min: 1, max: 4 }),
})

/** Counted the plain way. */
function load(jobs: readonly JobLoad[], host: string | null) {
  const destinations: Record<string, number> = {}
  for (const id of jobs.flatMap(({ destinationIds }) => destinationIds)) destinations[id] = (destinations[id] ?? 0) + 1
  return {
    global: jobs.filter(({ kind }) => kind === 'backup' || kind === 'restore-test').length,
    host: jobs.filter((each) => host !== null && each.host === host).length,
    destinations,
  }
}

describe('jobs that wait for a limit', () => {
  it('are chosen oldest first, as many as fit, and never one too many (fault 88)', () => {
    fc.assert(
      fc.property(
        limits,
        fc.array(job, { maxLength: 4 }),
        fc.array(job, { maxLength: 30 }),
        (rules, running, waiting) => {
          const fitsBeside = (jobs: readonly JobLoad[], each: JobLoad) =>
            fullLimit(rules, load(jobs, each.host), each) === null
          const chosen = new Set(chooseWaiting(rules, running, waiting))
          const beside: JobLoad[] = [...running]
          for (const each of waiting) {
            // Younger ones never count: what is decided here hangs on older ones alone.
            expect(chosen.has(each)).toBe(fitsBeside(beside, each))
            if (chosen.has(each)) beside.push(each)
          }
        },
      ),
      { numRuns: 3_000 },
    )
  })

  it('may begin just when they load nothing that is full', () => {
    fc.assert(
      fc.property(limits, fc.array(job, { maxLength: 12 }), job, (rules, running, each) => {
        const full = fullLoads(rules, running)
        const counted = each.kind === 'backup' || each.kind === 'restore-test'
        const mayBegin =
          !(full.global && counted) &&
          !full.hosts.includes(each.host ?? '') &&
          !each.destinationIds.some((id) => full.destinationIds.includes(id))
        expect(mayBegin).toBe(fullLimit(rules, load(running, each.host), each) === null)
        expect(fullLimitBeside(rules, running, each)).toEqual(fullLimit(rules, load(running, each.host), each))
      }),
      { numRuns: 3_000 },
    )
  })

  it('say which limit is full', () => {
    const backup: JobLoad = { kind: 'backup', host: 'db1', destinationIds: ['x'] }
    const rules = { global: 5, perHost: 2, perDestination: 1 }
    const full = (global: number, host: number, x: number) =>
      fullLimit(rules, { global, host, destinations: { x } }, backup)
    const words = (found: ReturnType<typeof full>) => (found ? limitWords(found, 'vault') : null)
    expect(words(full(5, 0, 0))).toBe('5 jobs run already, the most that may run at once.')
    expect(words(full(4, 2, 0))).toBe('2 jobs run on db1 already, the most that may load one host at once.')
    expect(words(full(4, 1, 1))).toBe(
      'One job runs to vault already, the most that may write to one destination at once.',
    )
    expect(full(4, 1, 0)).toBeNull()
  })

  it('leave restores alone: someone is waiting for their data', () => {
    const restore: JobLoad = { kind: 'restore', host: null, destinationIds: [] }
    expect(fullLimit({ global: 1, perHost: 1, perDestination: 1 }, load([], null), restore)).toBeNull()
    expect(
      fullLimit({ global: 1, perHost: 1, perDestination: 1 }, { global: 9, host: 9, destinations: {} }, restore),
    ).toBeNull()
  })

  it.each([
    ['DB1.Example.com.', 'db1.example.com'],
    ['127.0.0.1', 'localhost'],
    ['::1', 'localhost'],
    ['/var/run/postgresql', 'localhost'],
    ['10.0.0.7', '10.0.0.7'],
  ])('know the host %s as %s', (host, key) => expect(hostKey(host)).toBe(key))
})

describe('the wait before another attempt', () => {
  it('grows by its factor, spreads by a fifth at most, and has an end', () => {
    const rules = { firstDelaySeconds: 30, factor: 3 }
    expect([1, 2, 3].map((attempt) => retryDelayMs(rules, attempt, 0))).toEqual([30_000, 90_000, 270_000])
    expect(retryDelayMs(rules, 1, 1)).toBe(36_000)
    expect(retryDelayMs({ firstDelaySeconds: 3_600, factor: 10 }, 9, 0)).toBe(6 * 3_600_000)
  })
})
