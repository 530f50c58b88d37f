import { describe, expect, it } from 'vitest'
import { hasBanner, retentionPause } from '@/components/status/verdict'

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
