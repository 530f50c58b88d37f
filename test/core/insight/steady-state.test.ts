import { describe, expect, it } from 'vitest'
import { retentionRulesSchema, type RetentionRulesInput } from '@/lib/contracts/retention'
import { rhythmMs } from '@/lib/core/insight/rhythm'
import { steadyState } from '@/lib/core/insight/steady-state'

const hourMs = 3_600_000
const dayMs = 24 * hourMs
const kept = (rules: RetentionRulesInput, everyMs = dayMs, bytes = 100) =>
  steadyState(retentionRulesSchema.parse(rules), everyMs, bytes)
const none = { hourly: 0, daily: 0, weekly: 0, monthly: 0, yearly: 0 }

describe('steadyState', () => {
  it.each<[string, number | null, number | null]>([
    ['the newest ten', kept({ keepLast: 10 }), 10],
    ['thirty days, taken daily', kept({ keepDays: 30 }), 30],
    ['seven days, taken hourly', kept({ keepDays: 7 }, hourMs), 168],
    ['seven days, taken weekly', kept({ keepDays: 7 }, 7 * dayMs), 1],
    ['seven days', kept({ gfs: { ...none, daily: 7 } }, hourMs), 7],
    ['ten years, taken daily', kept({ gfs: { ...none, yearly: 10 } }), 10],
    ['a size limit alone', kept({ maxTotalBytes: 1_050 }), 10],
    ['a size limit below thirty days', kept({ keepDays: 30, maxTotalBytes: 1_050 }), 10],
    ['a size limit smaller than one backup', kept({ maxTotalBytes: 10 }), 1],
    ['the minimum, above a size limit', kept({ maxTotalBytes: 10, minimum: 3 }), 3],
    ['everything', kept({}), null],
  ])('keeps %s', (_, actual, expected) => {
    expect(actual).toBe(expected)
  })

  it('counts a backup that several rules keep once', () => {
    const gfs = kept({ gfs: { ...none, daily: 7, weekly: 4, monthly: 12 } })
    expect(gfs).toBeGreaterThanOrEqual(19)
    expect(gfs).toBeLessThanOrEqual(23)
  })
})

describe('rhythmMs', () => {
  it.each([
    ['17 * * * *', hourMs],
    ['0 */4 * * *', 4 * hourMs],
    ['41 3 * * *', dayMs],
    ['5 2 * * 0', 7 * dayMs],
  ])('tells how often %s runs', (cron, every) => {
    expect(rhythmMs(cron)).toBe(every)
  })

  it('takes the mean where the distances differ', () => {
    expect((rhythmMs('0 3 * * 1-5') ?? 0) / dayMs).toBeCloseTo(7 / 5, 1)
  })
})
