import type { Tx } from '@/lib/db/client'
import type { LogResume } from '@/lib/ports/log-method'

/** Where the log of a source goes on: behind the newest byte that a destination has; null: nothing is stored yet. */
export async function resumeLog(db: Tx, sourceId: string): Promise<LogResume | null> {
  const stream = await db.logStream.findUnique({ where: { sourceId }, select: { identity: true, timeline: true } })
  if (!stream?.identity || !stream.timeline) return null
  const { identity, timeline } = stream
  const newest = await db.logRange.findFirst({
    where: { sourceId, identity, timeline },
    orderBy: { toOrder: 'desc' },
    select: { to: true, endsBecause: true },
  })
  return newest && { identity, timeline, position: newest.to, afterGap: newest.endsBecause !== null }
}
