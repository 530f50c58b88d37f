import type { CreateSchedule, Schedule } from '@/lib/contracts/schedule'
import { scheduleInclude, toSchedule } from '@/lib/db/catalog/schedule'
import { toJson } from '@/lib/db/to-json'
import { recordAudit } from '../audit/record-audit'
import type { ServiceContext } from '../context'
import { permit } from '../permit'
import { checkReferences } from './check-references'
import { checkTiming } from './check-timing'

/** Stores a schedule. Its first run is the next occurrence from now on. Throws `cron-invalid`, `time-zone-unknown`, `invalid-input`. */
export async function createSchedule({
  ctx,
  input,
}: {
  ctx: ServiceContext
  input: CreateSchedule
}): Promise<Schedule> {
  permit(ctx.actor, 'admin')
  const now = ctx.clock.now()
  checkTiming(input, now)
  const row = await ctx.db.$transaction(async (tx) => {
    await checkReferences(tx, input)
    const created = await tx.schedule.create({
      data: { ...input, options: toJson(input.options), evaluatedUntil: now },
      include: scheduleInclude,
    })
    await recordAudit(tx, ctx.actor, {
      action: 'schedule.create',
      subjectType: 'schedule',
      subjectId: created.id,
      detail: { source: created.source.name, action: input.action, cron: input.cron, timeZone: input.timeZone },
    })
    return created
  })
  return toSchedule(row, null, now)
}
