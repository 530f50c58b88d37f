import { scheduleOptionsSchema, type Schedule, type UpdateSchedule } from '@/lib/contracts/schedule'
import { jsonObject } from '@/lib/db/catalog/json-object'
import { toJson } from '@/lib/db/to-json'
import { recordAudit } from '../audit/record-audit'
import type { ServiceContext } from '../context'
import { permit } from '../permit'
import { checkReferences } from './check-references'
import { checkTiming } from './check-timing'
import { findSchedule } from './find-schedule'
import { getSchedule } from './get-schedule'

/**
 * Changes what is named and keeps the rest. New timing, or switching it on again, counts from now: what the old timing
 * owed, or what fell into the pause, is not made up for.
 */
export async function updateSchedule({
  ctx,
  input,
}: {
  ctx: ServiceContext
  input: { id: string; patch: UpdateSchedule }
}): Promise<Schedule> {
  permit(ctx.actor, 'admin')
  const { id, patch } = input
  const { options, ...columns } = patch
  await ctx.db.$transaction(async (tx) => {
    const before = await findSchedule(tx, id)
    const now = ctx.clock.now()
    const timing = { cron: patch.cron ?? before.cron, timeZone: patch.timeZone ?? before.timeZone }
    const enabled = patch.enabled ?? before.enabled
    const retimed = timing.cron !== before.cron || timing.timeZone !== before.timeZone || enabled !== before.enabled
    if (retimed) checkTiming(timing, now)
    await checkReferences(tx, patch)
    const merged = scheduleOptionsSchema.parse({ ...jsonObject(before.options), ...options })
    await tx.schedule.update({
      where: { id },
      data: { ...columns, options: toJson(merged), ...(retimed ? { evaluatedUntil: now } : {}) },
    })
    await recordAudit(tx, ctx.actor, {
      action: 'schedule.update',
      subjectType: 'schedule',
      subjectId: id,
      detail: { source: before.source.name, changes: patch },
    })
  })
  return getSchedule({ ctx, input: { id } })
}
