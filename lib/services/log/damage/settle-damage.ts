import type { Tx } from '@/lib/db/client'
import type { LogDamageModel } from '@/lib/db/generated/models/LogDamage'
import type { ServiceContext } from '@/lib/services/context'
import { incidentKey } from '@/lib/services/incident/raise-incident'
import { resolveIncident } from '@/lib/services/incident/resolve-incident'
import { damageSubject, isPromised } from './note-damage'

/**
 * Forgets damage that is mended, because a follower copied the segment there again, and damage of log that has expired. Ends the
 * incidents of which nothing is left. Without damage it costs two small queries.
 */
export async function settleDamage({ ctx, now }: { ctx: Pick<ServiceContext, 'db'>; now: Date }): Promise<void> {
  const rows = await ctx.db.logDamage.findMany()
  for (const row of rows) {
    if (await isOver(ctx.db, row)) await ctx.db.logDamage.deleteMany({ where: damageKey(row) })
  }
  const open = await ctx.db.alert.findMany({ where: { event: 'log-damaged', resolvedAt: null }, select: { key: true } })
  if (open.length === 0) return
  const left = new Set((await ctx.db.logDamage.findMany()).map((row) => incidentKey('log-damaged', damageSubject(row))))
  for (const { key } of open) {
    const subject = key.slice('log-damaged:'.length)
    if (!left.has(key)) await ctx.db.$transaction((tx) => resolveIncident(tx, ['log-damaged'], subject, now))
  }
}

export const damageKey = ({ sourceId, identity, timeline, destinationId, key }: LogDamageModel) => ({
  ...{ sourceId, identity, timeline, destinationId, key },
})

async function isOver(tx: Tx, row: LogDamageModel): Promise<boolean> {
  const { sourceId, identity, timeline, destinationId, fromOrder, toOrder } = row
  if (fromOrder === null || toOrder === null) return false
  const place = { sourceId, identity, timeline }
  const stretch = { from: fromOrder, to: toOrder }
  if (await isPromised(tx, { ...place, destinationId }, stretch)) return true
  const [segment, slice] = await Promise.all([
    tx.logSegment.count({ where: { ...place, fromOrder, toOrder } }),
    tx.logSlice.count({ where: { ...place, fromOrder, toOrder } }),
  ])
  return segment + slice === 0
}
