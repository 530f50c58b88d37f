import { failureSchema } from '@/lib/contracts/common'
import { logFinding } from '@/lib/core/health/log-findings'
import { parseOrNull } from '@/lib/db/catalog/parse-or-null'
import type { ServiceContext } from '../context'
import { hasOpenWindow } from '@/lib/services/recovery/has-open-window'
import { exposureOf } from '@/lib/services/log/exposure-of'
import { protectionOf } from '../log/protection-of'
import { incidentKey } from '../incident/raise-incident'
import { resolveIncident } from '../incident/resolve-incident'
import { type Found, updateIncidents } from './update-incidents'

/** Reports logs that are behind their objective or not stored at all, and ends what was reported of gaps once a new window is open. */
export async function watchStreams({ ctx, now }: { ctx: ServiceContext; now: Date }): Promise<void> {
  const streams = await ctx.db.logStream.findMany({
    where: { state: { not: 'ending' }, source: { deletedAt: null } },
    include: { source: true },
  })
  const found = streams.flatMap(({ source, ...stream }): Found[] => {
    const finding = logFinding({
      name: source.name,
      exposureMs: exposureOf(stream, now),
      sliceMs: protectionOf(source.protection).sliceMs,
      sinceMs: now.getTime() - stream.startedAt.getTime(),
      error: parseOrNull(failureSchema, stream.error),
    })
    return finding ? [{ subjectId: source.id, sourceId: source.id, finding }] : []
  })
  await updateIncidents(ctx.db, { events: ['log-behind'], found, now })
  const open = await ctx.db.alert.findMany({
    where: { event: 'log-gap', resolvedAt: null },
    select: { key: true, sourceId: true },
  })
  for (const { sourceId, key } of open) {
    if (sourceId === null || key !== incidentKey('log-gap', sourceId)) continue
    const followed = streams.find((stream) => stream.sourceId === sourceId)
    // Where the log is not followed any more, nothing is missing in it either.
    if (followed && !(await hasOpenWindow(ctx, followed.source, followed))) continue
    await ctx.db.$transaction((tx) => resolveIncident(tx, ['log-gap'], sourceId, now))
  }
}
