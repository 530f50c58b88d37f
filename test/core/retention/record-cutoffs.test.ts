import { describe, expect, it } from 'vitest'
import { operationsSchema } from '@/lib/contracts/operations'
import { recordCutoffs } from '@/lib/core/records/record-cutoffs'

const now = new Date('2026-11-21T12:00:00Z')

describe('how far back records are kept', () => {
  it('is 90 days for jobs and a year for alerts unless it is set', () => {
    expect(recordCutoffs(operationsSchema.parse({}).records, now)).toEqual({
      jobs: new Date('2026-08-23T12:00:00Z'),
      alerts: new Date('2025-11-21T12:00:00Z'),
      access: new Date('2026-11-20T12:00:00Z'),
      workers: new Date('2026-10-22T12:00:00Z'),
    })
  })

  it('follows the settings, which take no less than a week', () => {
    const { records } = operationsSchema.parse({ records: { jobDays: 7, alertDays: 30 } })
    const cutoffs = recordCutoffs(records, now)
    expect([cutoffs.jobs, cutoffs.alerts]).toEqual([new Date('2026-11-14T12:00:00Z'), new Date('2026-10-22T12:00:00Z')])
    expect(operationsSchema.safeParse({ records: { jobDays: 6 } }).success).toBe(false)
  })
})
