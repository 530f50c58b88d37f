import type { CreatePolicy } from '@/lib/contracts/policy'
import { pauseOf } from '@/lib/db/catalog/schedule'
import type { Tx } from '@/lib/db/client'
import { toJson } from '@/lib/db/to-json'

/**
 * Brings the schedules of a policy in line with it: those of its sources carry a copy of its timing, new sources get
 * one, and those of sources that were taken out are deleted. New timing counts from now. A schedule that someone
 * switched off stays off.
 */
export async function applyPolicy(
  tx: Tx,
  policyId: string,
  policy: CreatePolicy,
  now: Date,
): Promise<{ added: number; removed: number; changed: number }> {
  const schedules = await tx.schedule.findMany({ where: { policyId, deletedAt: null } })
  const wanted = new Set(policy.sourceIds)
  const copied = {
    action: policy.action,
    cron: policy.cron,
    timeZone: policy.timeZone,
    catchUp: policy.catchUp,
    destinationIds: policy.destinationIds,
    retentionPolicyId: policy.retentionPolicyId,
  }
  const kept = schedules.filter(({ sourceId }) => wanted.has(sourceId))
  for (const schedule of kept) {
    const pause = pauseOf(schedule)
    const retimed = schedule.cron !== policy.cron || schedule.timeZone !== policy.timeZone
    await tx.schedule.update({
      where: { id: schedule.id },
      data: {
        ...copied,
        options: toJson(pause ? { ...policy.options, pause } : policy.options),
        ...(retimed ? { evaluatedUntil: now } : {}),
      },
    })
  }
  const gone = schedules.filter(({ sourceId }) => !wanted.has(sourceId)).map(({ id }) => id)
  await tx.schedule.updateMany({ where: { id: { in: gone } }, data: { deletedAt: now, enabled: false } })
  const followed = new Set(schedules.map(({ sourceId }) => sourceId))
  const added = [...wanted].filter((sourceId) => !followed.has(sourceId))
  await tx.schedule.createMany({
    data: added.map((sourceId) => ({
      ...copied,
      sourceId,
      policyId,
      options: toJson(policy.options),
      evaluatedUntil: now,
    })),
  })
  return { added: added.length, removed: gone.length, changed: kept.length }
}
