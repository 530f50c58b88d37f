import type { HealthReason } from '@/lib/contracts/status'

const pauseCode = 'retention-paused'

/** Whether a reason has a banner of its own, above the others. */
export function hasBanner(reason: HealthReason, workerAlive: boolean): boolean {
  return reason.code === pauseCode || (!workerAlive && reason.code.includes('worker'))
}

/** The sources whose retention paused itself, as one banner: what to say and where it is acknowledged; null without any. */
export function retentionPause(reasons: readonly HealthReason[]): { title: string; body: string; href: string } | null {
  const paused = reasons.filter(({ code }) => code === pauseCode)
  const [first] = paused
  if (!first) return null
  if (paused.length === 1) {
    const href = first.sourceId ? `/admin/sources/${first.sourceId}` : '/admin/retention'
    return { title: 'Retention is paused until someone has looked', body: first.message, href }
  }
  const body = 'Their newest backups are far smaller than those before. Nothing of them is deleted meanwhile.'
  return {
    title: `Retention of ${paused.length} sources is paused until someone has looked`,
    body,
    href: '/admin/retention',
  }
}

/** Where a reason can be dealt with. */
export function reasonHref(reason: HealthReason): string | null {
  if (reason.code.includes('recovery')) return '/admin/settings?tab=recovery'
  if (reason.code.includes('destination')) return '/admin/destinations'
  if (reason.code.includes('schedule')) return '/admin/schedules'
  if (reason.code.includes('alert') || reason.code.includes('channel')) return '/admin/alerts'
  return reason.sourceId ? `/admin/sources/${reason.sourceId}` : null
}
