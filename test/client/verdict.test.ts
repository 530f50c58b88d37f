import { describe, expect, it } from 'vitest'
import { hasBanner, retentionPause, verdictOf } from '@/components/status/verdict'

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

describe('a retention that paused itself', () => {
  const reason = (code: string, sourceId?: string) => ({
    code,
    level: 'degraded' as const,
    message: `Retention of ${sourceId} is paused. The newest backup is far smaller than usual.`,
    ...(sourceId ? { sourceId } : {}),
  })

  it('has a banner of its own that leads to where someone says that it is right (fault 43)', () => {
    const reasons = [reason('backup-failed', 'a'), reason('retention-paused', 'b')]
    expect(retentionPause(reasons)).toEqual({
      title: 'Retention is paused until someone has looked',
      body: 'Retention of b is paused. The newest backup is far smaller than usual.',
      href: '/admin/sources/b',
    })
    expect(reasons.map((each) => hasBanner(each, true))).toEqual([false, true])
    expect(retentionPause([reason('backup-failed', 'a')])).toBeNull()
  })

  it('of several sources is one banner', () => {
    const reasons = [reason('retention-paused', 'a'), reason('retention-paused', 'b')]
    expect(retentionPause(reasons)).toMatchObject({
      title: 'Retention of 2 sources is paused until someone has looked',
      href: '/admin/retention',
    })
  })
})
