import type { CreateSchedule, Schedule, ScheduleAction } from '@/lib/contracts/schedule'
import { scheduleInclude, toSchedule } from '@/lib/db/catalog/schedule'
import type { Tx } from '@/lib/db/client'
import { toJson } from '@/lib/db/to-json'
import { recordAudit } from '../audit/record-audit'
import type { ServiceContext } from '../context'
import { permit } from '../permit'
import { guardFewerRules } from '../retention-policy/guard-fewer-rules'
import { checkKind } from './check-kind'
import { checkReferences } from './check-references'
import { checkTiming } from './check-timing'

const usualCron: Record<ScheduleAction, string> = { backup: '0 2 * * *', 'restore-test': '0 4 1 * *' }

/** The oldest policy: the one a fresh instance is given, unless it was deleted. A restore test keeps and deletes nothing. */
async function usualPolicy(tx: Tx, action: ScheduleAction): Promise<string | null> {
  if (action !== 'backup') return null
  const policy = await tx.retentionPolicy.findFirst({
    where: { deletedAt: null },
    orderBy: { createdAt: 'asc' },
    select: { id: true },
  })
  return policy?.id ?? null
}

/**
 * Stores a schedule. Its first run is the next occurrence from now on. Throws `cron-invalid`, `time-zone-unknown`,
 * `invalid-input`, and what `guardChange` throws where it brings the first policy to a source that has backups.
 */
export async function createSchedule({
  ctx,
  input,
}: {
  ctx: ServiceContext
  input: CreateSchedule
}): Promise<Schedule> {
  permit(ctx.actor, 'admin')
  const now = ctx.clock.now()
  const cron = input.cron ?? usualCron[input.action]
  checkTiming({ cron, timeZone: input.timeZone, jitterSeconds: input.options.jitterSeconds }, now)
  const row = await ctx.db.$transaction(async (tx) => {
    await checkReferences(tx, input)
    await checkKind(tx, { action: input.action, sourceIds: [input.sourceId], method: input.options.method })
    const retentionPolicyId =
      input.retentionPolicyId === undefined ? await usualPolicy(tx, input.action) : input.retentionPolicyId
    const { result: created } = await guardFewerRules(ctx, tx, {
      of: { type: 'source', id: input.sourceId },
      sourceIds: [input.sourceId],
      run: () =>
        tx.schedule.create({
          data: { ...input, cron, retentionPolicyId, options: toJson(input.options), evaluatedUntil: now },
          include: scheduleInclude,
        }),
    })
    await recordAudit(tx, ctx.actor, {
      action: 'schedule.create',
      subjectType: 'schedule',
      subjectId: created.id,
      detail: { source: created.source.name, action: input.action, cron, timeZone: input.timeZone },
    })
    return created
  })
  return toSchedule(row, null, now)
}
