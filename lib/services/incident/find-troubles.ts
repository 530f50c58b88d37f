import { spellDuration } from '@/lib/core/alert/spell-duration'
import { Prisma } from '@/lib/db/generated/client'
import type { Tx } from '@/lib/db/client'
import { lastTick } from './tick-mark'

const tickLimitMs = 3 * 60_000
const workerLimitMs = 60_000
const deliveryLimitMs = 5 * 60_000

/**
 * What keeps Holdfast itself from doing its work, in words; empty while all is well. A failed backup is none: that is
 * reported by alerts. Having no working channel is one.
 */
export async function findTroubles(tx: Tx, now: Date): Promise<string[]> {
  const before = (ms: number) => new Date(now.getTime() - ms)
  const troubles: string[] = []

  const alive = await tx.worker.count({ where: { stoppedAt: null, heartbeatAt: { gte: before(workerLimitMs) } } })
  if (alive === 0) troubles.push('No worker is running.')

  const ticked = await lastTick(tx)
  if (ticked === null) troubles.push('Schedules have not been looked at yet.')
  else if (ticked < before(tickLimitMs)) {
    troubles.push(`Schedules have not been looked at for ${spellDuration(now.getTime() - ticked.getTime())}.`)
  }

  const [stuck] = await tx.$queryRaw<{ untold: number; waiting: number }[]>(Prisma.sql`
    SELECT
      (SELECT count(*)::int FROM alert a
       WHERE a.resolved_at IS NULL AND a.acknowledged_at IS NULL AND a.opened_at < ${before(deliveryLimitMs)}
         AND EXISTS (SELECT 1 FROM alert_delivery d WHERE d.alert_id = a.id AND (d.attempts > 0 OR d.state = 'failed'))
         AND NOT EXISTS (SELECT 1 FROM alert_delivery d WHERE d.alert_id = a.id AND d.state = 'sent')) AS untold,
      (SELECT count(*)::int FROM alert_delivery
       WHERE state = 'pending' AND next_at < ${before(deliveryLimitMs)}) AS waiting`)
  if (stuck && stuck.untold > 0) troubles.push(`Alerts that reached nobody: ${stuck.untold}.`)
  if (stuck && stuck.waiting > 0) troubles.push(`Messages that are due and are not sent: ${stuck.waiting}.`)
  return troubles
}
