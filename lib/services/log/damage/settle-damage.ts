import type { LogDamageModel } from '@/lib/db/generated/models/LogDamage'
import type { ServiceContext } from '@/lib/services/context'
import { incidentKey } from '@/lib/services/incident/raise-incident'
import { resolveIncident } from '@/lib/services/incident/resolve-incident'
import { damageSubject } from './note-damage'

/**
 * Forgets damage that is mended, because a follower copied the segment there again, and damage of log that has expired. Ends the
 * incidents of which nothing is left. However much is damaged, it is three queries and what they end.
 */
export async function settleDamage({ ctx, now }: { ctx: Pick<ServiceContext, 'db'>; now: Date }): Promise<void> {
  await ctx.db.$executeRaw`
    DELETE FROM log_damage d
    WHERE d.from_order IS NOT NULL AND (
      EXISTS (SELECT FROM log_range r
        WHERE r.destination_id = d.destination_id AND r.source_id = d.source_id AND r.identity = d.identity
          AND r.timeline = d.timeline AND r.from_order <= d.from_order AND r.to_order >= d.to_order)
      OR NOT EXISTS (SELECT FROM log_segment s
          WHERE s.source_id = d.source_id AND s.identity = d.identity AND s.timeline = d.timeline
            AND s.from_order = d.from_order AND s.to_order = d.to_order)
        AND NOT EXISTS (SELECT FROM log_slice s
          WHERE s.source_id = d.source_id AND s.identity = d.identity AND s.timeline = d.timeline
            AND s.from_order = d.from_order AND s.to_order = d.to_order))`
  const open = await ctx.db.alert.findMany({ where: { event: 'log-damaged', resolvedAt: null }, select: { key: true } })
  if (open.length === 0) return
  const damaged = await ctx.db.logDamage.groupBy({ by: ['destinationId', 'sourceId'] })
  const left = new Set(damaged.map((of) => incidentKey('log-damaged', damageSubject(of))))
  for (const { key } of open) {
    const subject = key.slice('log-damaged:'.length)
    if (!left.has(key)) await ctx.db.$transaction((tx) => resolveIncident(tx, ['log-damaged'], subject, now))
  }
}

export const damageKey = ({ sourceId, identity, timeline, destinationId, key }: LogDamageModel) => ({
  ...{ sourceId, identity, timeline, destinationId, key },
})
