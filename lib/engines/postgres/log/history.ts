import type { Client } from 'pg'
import { HoldfastError } from '@/lib/core/holdfast-error'
import { type Lsn, parseLsn } from '@/lib/core/log/lsn'
import { legsOf, parseTimelineHistory, type TimelineHistory } from '@/lib/core/log/timeline-history'
import { timelineHistoryName, timelineNumber, timelineText } from '@/lib/core/log/wal-name'
import { classifyQueryError } from '@/lib/engines/postgres/classify-error'
import type { LogResume } from '@/lib/ports/log-method'

/** How the server's timeline came about, with the file's own bytes; on the first timeline there is none. */
export interface ServerHistory {
  history: TimelineHistory
  bytes: Buffer | null
}

/** Reads it over a replication connection. */
export async function readHistory(client: Client, timeline: number): Promise<ServerHistory> {
  const text = timelineText(timeline)
  if (timeline === 1) return { history: { timeline: text, ancestors: [] }, bytes: null }
  const { rows } = await client.query<{ content: Buffer | string }>(`TIMELINE_HISTORY ${timeline}`).catch((error) => {
    throw classifyQueryError(error)
  })
  const bytes = Buffer.from(rows[0]?.content ?? '')
  try {
    return { history: parseTimelineHistory(text, bytes.toString('utf8')), bytes }
  } catch (error) {
    throw new HoldfastError(
      'source-failed',
      `${timelineHistoryName(timeline)} of the server cannot be read: ${String(error)}`,
      {
        cause: error,
      },
    )
  }
}

/**
 * The timeline and place to follow from. Log of an older timeline that is not stored yet is fetched first, as far as the newer one
 * left it; then the next timeline of the way follows from there. Throws `log-foreign` when the stored log is of a timeline that the
 * server does not come from: an old primary that came back, or a server that was restored to an earlier point.
 */
export function nextLeg(
  { history }: ServerHistory,
  resume: Pick<LogResume, 'timeline' | 'position'>,
): { timeline: number; from: Lsn } {
  const legs = legsOf(history)
  const stored = parseLsn(resume.position)
  const at = legs.findIndex(({ timeline }) => timeline === resume.timeline)
  const leg = legs[at]
  if (!leg) {
    throw new HoldfastError(
      'log-foreign',
      `The server is on timeline ${history.timeline}, which does not come from timeline ${resume.timeline}, whose log is stored.`,
      {
        remedy:
          'Check the address of the source: it may be an old primary that came back. If it is right, switch continuous protection off and on again.',
      },
    )
  }
  if (leg.to === null || stored < leg.to) return { timeline: timelineNumber(leg.timeline), from: stored }
  const next = legs[at + 1]
  return next
    ? { timeline: timelineNumber(next.timeline), from: next.from }
    : { timeline: timelineNumber(leg.timeline), from: stored }
}
