import { scheduleOptionsSchema, type Schedule, type SchedulePause, type UpdateSchedule } from '@/lib/contracts/schedule'
import { HoldfastError } from '@/lib/core/holdfast-error'
import { jsonObject } from '@/lib/db/catalog/json-object'
import { pauseOf, type ScheduleRow } from '@/lib/db/catalog/schedule'
import { toJson } from '@/lib/db/to-json'
import { actorName } from '../actor-name'
import { fieldChanges } from '../audit/field-changes'
import { recordAudit } from '../audit/record-audit'
import type { ServiceContext } from '../context'
import { permit } from '../permit'
import { guardFewerRules } from '../retention-policy/guard-fewer-rules'
import { guardOtherPolicy } from '../retention-policy/guard-other-policy'
import { checkKind } from './check-kind'
import { checkReferences } from './check-references'
import { checkTiming } from './check-timing'
import { findSchedule } from './find-schedule'
import { getSchedule } from './get-schedule'
import { ownedByPolicy } from './owned-by-policy'

/**
 * Changes what is named and keeps the rest. New timing, or switching it on again, counts from now: what the old timing
 * owed, or what fell into the pause, is not made up for. A schedule that follows a policy can only be switched off and
 * on; else `policy-owned`.
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
  const { options, pausedUntil, ...columns } = patch
  await ctx.db.$transaction(async (tx) => {
    const before = await findSchedule(tx, id)
    const now = ctx.clock.now()
    const { enabled: _, ...others } = columns
    if (before.policy && (options !== undefined || Object.keys(others).length > 0)) {
      throw ownedByPolicy(before.policy.name, 'Change the policy, or take the source out of it.')
    }
    const timing = { cron: patch.cron ?? before.cron, timeZone: patch.timeZone ?? before.timeZone }
    const enabled = patch.enabled ?? before.enabled
    const retimed = timing.cron !== before.cron || timing.timeZone !== before.timeZone || enabled !== before.enabled
    const merged = scheduleOptionsSchema.parse({ ...jsonObject(before.options), ...options })
    if (retimed || options) checkTiming({ ...timing, jitterSeconds: merged.jitterSeconds }, now)
    await checkReferences(tx, patch)
    const { action, sourceId } = before
    if (options) await checkKind(tx, { action, sourceIds: [sourceId], method: merged.method })
    const pause = enabled ? null : pauseAfter(ctx, before, pausedUntil, now)
    const of = { type: 'schedule' as const, id }
    const { result: after, guarded } = await guardFewerRules(ctx, tx, {
      of,
      sourceIds: [before.sourceId],
      run: () =>
        tx.schedule.update({
          where: { id },
          data: {
            ...columns,
            options: toJson(pause ? { ...merged, pause } : merged),
            ...(retimed ? { evaluatedUntil: now } : {}),
          },
        }),
    })
    if (!guarded && patch.retentionPolicyId !== undefined) {
      await guardOtherPolicy(ctx, tx, { of, from: before.retentionPolicyId, to: patch.retentionPolicyId })
    }
    await recordAudit(tx, ctx.actor, {
      action: 'schedule.update',
      subjectType: 'schedule',
      subjectId: id,
      detail: {
        source: before.source.name,
        changes: fieldChanges(settingsOf(before), settingsOf(after)),
      },
    })
  })
  return getSchedule({ ctx, input: { id } })
}

/** Who switched it off stays known while it is off; a new end of the pause is a new pause. */
function pauseAfter(
  ctx: ServiceContext,
  before: ScheduleRow,
  until: string | null | undefined,
  now: Date,
): SchedulePause | null {
  if (until && new Date(until) <= now) {
    throw new HoldfastError('invalid-input', 'The pause would be over already.', {
      facts: { errors: [{ path: 'pausedUntil', message: 'Choose a time in the future' }] },
    })
  }
  if (!before.enabled && until === undefined) return pauseOf(before)
  return { by: actorName(ctx.actor), at: now.toISOString(), until: until ?? null }
}

type Settings = Pick<
  ScheduleRow,
  'cron' | 'timeZone' | 'enabled' | 'catchUp' | 'destinationIds' | 'retentionPolicyId'
> & { options: unknown }

/** Everything of a schedule that a person sets. */
const settingsOf = ({ cron, timeZone, enabled, catchUp, destinationIds, retentionPolicyId, options }: Settings) => ({
  cron,
  timeZone,
  enabled,
  catchUp,
  destinationIds,
  retentionPolicyId,
  ...jsonObject(options),
})
