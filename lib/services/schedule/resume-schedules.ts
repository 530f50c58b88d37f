import { schedulePauseSchema } from '@/lib/contracts/schedule'
import { jsonObject } from '@/lib/db/catalog/json-object'
import { toJson } from '@/lib/db/to-json'
import { recordAudit } from '../audit/record-audit'
import type { ServiceContext } from '../context'

/** Switches on again what was paused until a time that has come. Runs that fell into the pause are not made up for. */
export async function resumeSchedules({ ctx, now }: { ctx: ServiceContext; now: Date }): Promise<number> {
  const over = await ctx.db.$queryRaw<{ id: string }[]>`
    SELECT id FROM schedule WHERE NOT enabled AND deleted_at IS NULL
      AND (options->'pause'->>'until')::timestamptz <= ${now}`
  let resumed = 0
  for (const { id } of over) {
    await ctx.db.$transaction(async (tx) => {
      const [row] = await tx.$queryRaw<{ options: unknown }[]>`
        SELECT options FROM schedule WHERE id = ${id}::uuid AND NOT enabled AND deleted_at IS NULL FOR UPDATE SKIP LOCKED`
      if (!row) return
      const { pause, ...options } = jsonObject(row.options)
      const until = schedulePauseSchema.safeParse(pause).data?.until
      if (!until || new Date(until) > now) return
      await tx.schedule.update({
        where: { id },
        data: { enabled: true, options: toJson(options), evaluatedUntil: new Date(until) },
      })
      await recordAudit(tx, ctx.actor, {
        action: 'schedule.resume',
        subjectType: 'schedule',
        subjectId: id,
        detail: { until },
      })
      resumed += 1
    })
  }
  return resumed
}
