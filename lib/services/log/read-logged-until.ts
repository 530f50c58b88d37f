import type { Tx } from '@/lib/db/client'
import { exposureOf } from './exposure-of'

/** Up to which instant the data of each source is stored by its log, of those whose log leads on from a base backup. */
export async function readLoggedUntil(tx: Tx, now: Date): Promise<Map<string, Date>> {
  const streams = await tx.logStream.findMany({ where: { hasWindow: true, state: { not: 'ending' } } })
  return new Map(
    streams.flatMap((stream): [string, Date][] => {
      const exposureMs = exposureOf(stream, now)
      return exposureMs === null ? [] : [[stream.sourceId, new Date(now.getTime() - exposureMs)]]
    }),
  )
}
