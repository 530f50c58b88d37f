import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { longestPeriodDays } from '@/lib/core/repository/log-paths'
import { safetyNetDays } from '@/lib/core/retention/safety-net-days'

describe('safetyNetDays', () => {
  it.each([
    ['what was set, when it lies far behind', { configuredDays: 400, policyDays: [30], oldestKeptDays: 20 }, 400],
    ['twice the longest policy and a month', { configuredDays: 400, policyDays: [30, 365], oldestKeptDays: 20 }, 760],
    [
      'twice the age of a backup that is kept longer',
      { configuredDays: 400, policyDays: [30], oldestKeptDays: 399.5 },
      829,
    ],
    [
      'no expiry at all when a source keeps without a limit',
      { configuredDays: 400, policyDays: [30, null], oldestKeptDays: 1 },
      null,
    ],
  ])('is %s', (_, input, days) => {
    expect(safetyNetDays(input)).toBe(days)
  })

  it('never meets an identity of the log that the oldest kept backup needs (property)', () => {
    const ages = fc.double({ min: 0, max: 10_000, noNaN: true })
    const days = fc.integer({ min: 0, max: 10_000 })
    fc.assert(
      fc.property(ages, fc.array(days), days, (oldestKeptDays, policyDays, configuredDays) => {
        const net = safetyNetDays({ configuredDays, policyDays, oldestKeptDays })
        expect(net).toBeGreaterThanOrEqual(oldestKeptDays + longestPeriodDays)
      }),
    )
  })
})
