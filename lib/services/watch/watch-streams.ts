import { failureSchema } from '@/lib/contracts/common'
import { logFinding } from '@/lib/core/health/log-findings'
import { logRisk } from '@/lib/core/health/log-risk'
import { type KeptLog, keptLogSchema } from '@/lib/core/log/kept-log'
import { parseOrNull } from '@/lib/db/catalog/parse-or-null'
import type { LogStreamModel } from '@/lib/db/generated/models/LogStream'
import type { ServiceContext } from '../context'
import { hasOpenWindow } from '@/lib/services/recovery/has-open-window'
import { exposureOf } from '@/lib/services/log/exposure-of'
import { settleDamage } from '../log/damage/settle-damage'
import { protectionOf } from '../log/protection-of'
import { incidentKey } from '../incident/raise-incident'
import { resolveIncident } from '../incident/resolve-incident'
import { type Found, updateIncidents } from './update-incidents'

/** What was seen of a server longer ago says nothing about now. */
const knownForMs = 60_000

/**
 * Reports logs that are behind their objective or not stored at all, and log that the server may lose before it is stored. Ends what was
 * reported of gaps once a new window is open.
 */
export async function watchStreams({ ctx, now }: { ctx: ServiceContext; now: Date }): Promise<void> {
  const streams = await ctx.db.logStream.findMany({
    where: { state: { not: 'ending' }, source: { deletedAt: null } },
    include: { source: true },
  })
  await endRefusals(ctx, now)
  const open = await ctx.db.alert.findMany({
    where: { event: { in: ['log-behind', 'log-at-risk', 'log-gap'] }, resolvedAt: null },
    select: { key: true, sourceId: true },
  })
  const told = new Set(open.map(({ key }) => key))
  const behind: Found[] = []
  const risks: Found[] = []
  const unknown: string[] = []
  for (const { source, ...stream } of streams) {
    const { id, name } = source
    const { sliceMs } = protectionOf(source.protection)
    const exposureMs = exposureOf(stream, now)
    const kept = keptNow(stream, now)
    const isBehind = exposureMs !== null && exposureMs > sliceMs
    const late = logFinding({
      ...{ name, exposureMs, sliceMs, kept },
      sinceMs: now.getTime() - stream.startedAt.getTime(),
      behind: await noteBehind(ctx, stream, isBehind, now),
      isTold: told.has(incidentKey('log-behind', id)),
      error: parseOrNull(failureSchema, stream.error),
    })
    if (late) behind.push({ subjectId: id, sourceId: id, finding: late })
    if (!kept || stream.slot === null) {
      unknown.push(id)
      continue
    }
    const isTold = told.has(incidentKey('log-at-risk', id))
    const risk = logRisk({ name, slot: stream.slot, hasBegun: stream.storedPosition !== null, kept, isTold })
    if (risk) risks.push({ subjectId: id, sourceId: id, finding: risk })
  }
  await updateIncidents(ctx.db, { events: ['log-behind'], found: behind, now })
  await updateIncidents(ctx.db, { events: ['log-at-risk'], found: risks, unknown, now })
  await settleDamage({ ctx, now })
  for (const { sourceId, key } of open) {
    if (sourceId === null || key !== incidentKey('log-gap', sourceId)) continue
    const followed = streams.find((stream) => stream.sourceId === sourceId)
    // Where the log is not followed any more, nothing is missing in it either.
    if (followed && !(await hasOpenWindow(ctx, followed.source, followed))) continue
    await ctx.db.$transaction((tx) => resolveIncident(tx, ['log-gap'], sourceId, now))
  }
}

function keptNow({ kept }: LogStreamModel, now: Date): KeptLog | null {
  const known = parseOrNull(keptLogSchema, kept)
  return known && now.getTime() - Date.parse(known.at) <= knownForMs ? known : null
}

/** For how long it has been behind, or not. */
async function noteBehind(
  ctx: ServiceContext,
  { sourceId, isBehind: before, behindChangedAt }: LogStreamModel,
  is: boolean,
  now: Date,
): Promise<{ is: boolean; forMs: number }> {
  if (behindChangedAt && before === is) return { is, forMs: now.getTime() - behindChangedAt.getTime() }
  await ctx.db.logStream.updateMany({ where: { sourceId }, data: { isBehind: is, behindChangedAt: now } })
  return { is, forMs: 0 }
}

/** A server whose log was refused tries again every minute. */
const refusedForMs = 10 * 60_000

/** Ends what was reported of log that was refused, once nobody sends it any more. */
async function endRefusals(ctx: ServiceContext, now: Date): Promise<void> {
  const silent = await ctx.db.alert.findMany({
    where: { event: 'log-refused', resolvedAt: null, lastSeenAt: { lt: new Date(now.getTime() - refusedForMs) } },
    select: { sourceId: true },
  })
  for (const { sourceId } of silent) {
    if (sourceId !== null) await ctx.db.$transaction((tx) => resolveIncident(tx, ['log-refused'], sourceId, now))
  }
}
