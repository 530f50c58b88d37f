import type { Tx } from '@/lib/db/client'
import { exposureOf } from './exposure-of'

/** Up to which instant the data of a source is stored by its log, and which server wrote that. */
export interface LoggedUntil {
  until: Date
  identity: string | null
}

/** Of each source whose log leads on from a base backup. */
export async function readLoggedUntil(tx: Tx, now: Date): Promise<Map<string, LoggedUntil>> {
  const streams = await tx.logStream.findMany({ where: { hasWindow: true, state: { not: 'ending' } } })
  return new Map(
    streams.flatMap((stream): [string, LoggedUntil][] => {
      const exposureMs = exposureOf(stream, now)
      if (exposureMs === null) return []
      return [[stream.sourceId, { until: new Date(now.getTime() - exposureMs), identity: stream.identity }]]
    }),
  )
}
