import { toFailure } from '@/lib/core/holdfast-error'
import { keptLogSchema, rememberLook } from '@/lib/core/log/kept-log'
import { parseOrNull } from '@/lib/db/catalog/parse-or-null'
import { catalogNow } from '@/lib/db/catalog-now'
import { toJson } from '@/lib/db/to-json'
import { briefRun } from '../brief-run'
import type { ServiceContext } from '../context'
import { sourceSpec } from '../source/source-spec'
import { inTurns } from '../watch/in-turns'
import { logMethodOf } from './log-method-of'

/** How often a server is asked what it keeps. */
const lookEveryMs = 10_000
const timeoutMs = 8_000
const lanes = 8

/**
 * Asks the servers of all logs that are to be followed what they keep, whether the log is being followed or not, and notes it. Of those
 * that are due each is asked by one worker. One that does not answer keeps what was last known of it, with its time.
 */
export async function lookAtKept({ ctx, signal }: { ctx: ServiceContext; signal: AbortSignal }): Promise<void> {
  const due = await ctx.db.$queryRaw<{ sourceId: string }[]>`
    UPDATE log_stream SET kept_looked_at = clock_timestamp()
    WHERE source_id IN (
      SELECT s.source_id FROM log_stream s JOIN source ON source.id = s.source_id
      WHERE s.state <> 'ending' AND s.slot IS NOT NULL AND source.deleted_at IS NULL
        AND (s.kept_looked_at IS NULL OR s.kept_looked_at < clock_timestamp() - ${lookEveryMs} * interval '1 ms')
      FOR UPDATE OF s SKIP LOCKED)
    RETURNING source_id AS "sourceId"`
  await inTurns(due, lanes, async ({ sourceId }) => {
    if (signal.aborted) return
    await look(ctx, sourceId, signal).catch((error: unknown) => {
      if (!signal.aborted)
        ctx.logger.debug('a server does not say what log it keeps', { sourceId, ...toFailure(error) })
    })
  })
}

async function look(ctx: ServiceContext, sourceId: string, signal: AbortSignal): Promise<void> {
  const source = await ctx.db.source.findUniqueOrThrow({ where: { id: sourceId } })
  const method = logMethodOf(ctx, source)
  const { position, keptFrom, ...seen } = await method.keeping(
    await sourceSpec(ctx, source),
    briefRun(ctx, timeoutMs, signal),
  )
  const order = method.order(position)
  const bytes = keptFrom === null ? null : Number(order - method.order(keptFrom))
  const at = (await catalogNow(ctx.db)).toISOString()
  await ctx.db.$transaction(async (tx) => {
    const [row] = await tx.$queryRaw<{ kept: unknown; storedPosition: string | null }[]>`
      SELECT kept, stored_position AS "storedPosition" FROM log_stream WHERE source_id = ${sourceId}::uuid FOR UPDATE`
    if (!row) return
    const kept = rememberLook(parseOrNull(keptLogSchema, row.kept), { ...seen, bytes, at })
    await tx.logStream.update({ where: { sourceId }, data: { kept: toJson(kept) } })
    // While it is followed, its follower knows better. Without the slot it may be another server.
    if (keptFrom === null || row.storedPosition === null) return
    const lag = order - method.order(row.storedPosition)
    await tx.logStream.updateMany({
      where: { sourceId, workerId: null },
      data: { serverPosition: position, lagBytes: lag > 0n ? lag : 0n },
    })
  })
}
