import { describe, expect, it } from 'vitest'
import { verdictOf } from '@/components/status/verdict'

const totals = (sources: number, protectedSources: number, provenSources: number) => ({
  sources,
  protectedSources,
  provenSources,
  backups: 0,
  storedBytes: 0,
  failedLast24h: 0,
})

describe('the verdict of the overview', () => {
  it('is green only when every source is proven and nothing is wrong', () => {
    expect(verdictOf({ totals: totals(2, 2, 2), health: 'healthy' })).toEqual({
      sentence: 'All 2 databases are proven restorable',
      tone: 'proven',
    })
    for (const health of ['degraded', 'unhealthy', 'unknown'] as const) {
      expect(verdictOf({ totals: totals(2, 2, 2), health }).tone).not.toBe('proven')
    }
    expect(verdictOf({ totals: totals(4, 4, 3), health: 'healthy' }).tone).not.toBe('proven')
    expect(verdictOf({ totals: totals(0, 0, 0), health: 'healthy' }).tone).toBe('neutral')
  })

  it('says how many are proven, and what one database has', () => {
    expect(verdictOf({ totals: totals(4, 4, 3), health: 'unknown' }).sentence).toBe(
      '3 of 4 databases are proven restorable',
    )
    expect(verdictOf({ totals: totals(1, 1, 0), health: 'unknown' }).sentence).toContain('not proven restorable yet')
    expect(verdictOf({ totals: totals(1, 0, 0), health: 'unhealthy' }).sentence).toBe(
      'Your database has no good backup',
    )
  })
})
