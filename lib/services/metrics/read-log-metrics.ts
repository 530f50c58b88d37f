import { keptLogSchema } from '@/lib/core/log/kept-log'
import { later } from '@/lib/core/recovery/path-windows'
import { parseOrNull } from '@/lib/db/catalog/parse-or-null'
import type { Tx } from '@/lib/db/client'
import { exposureOf } from '../log/exposure-of'
import type { SourceMetrics } from './metric-facts'

/** What is known of every log that is followed, by source: one row each, whatever is stored of it. */
export async function readLogMetrics(tx: Tx, now: Date): Promise<Map<string, SourceMetrics['log']>> {
  const streams = await tx.logStream.findMany({ where: { state: { not: 'ending' } } })
  return new Map(
    streams.map((stream) => [
      stream.sourceId,
      {
        exposureMs: exposureOf(stream, now),
        isBehind: stream.isBehind,
        lagBytes: stream.lagBytes === null ? null : Number(stream.lagBytes),
        keptBytes: parseOrNull(keptLogSchema, stream.kept)?.bytes ?? null,
        windowFrom: stream.hasWindow ? stream.windowFrom : null,
        windowTo: stream.hasWindow && stream.windowFrom ? later(stream.lastCommitAt, stream.coveredUntil) : null,
      },
    ]),
  )
}
