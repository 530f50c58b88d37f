import { describe, expect, it } from 'vitest'
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
})
