import type { Client } from 'pg'
import { parseLsn } from '@/lib/core/log/lsn'
import { legsOf, parseTimelineHistory } from '@/lib/core/log/timeline-history'
import type { RecoveryPlan } from '@/lib/core/recovery/plan-recovery'
import type { RunContext } from '@/lib/ports/run-context'
import type { SourceSpec } from '@/lib/ports/source-spec'
import { withMaintenance } from '@/lib/engines/postgres/connect/connect'
import type { Reached } from './judge-reached'

export interface ServerState extends Omit<Reached, 'xid'> {
  isRecovering: boolean
  isPaused: boolean
}

/** What a server that was recovered says of where it is; it keeps that after its promotion. */
export function readReached(source: SourceSpec, plan: RecoveryPlan, run: RunContext): Promise<ServerState> {
  return withMaintenance(source, run.signal, async (client) => {
    const { rows } = await client.query<{ recovering: boolean; position: string; time: string | null }>(
      `SELECT pg_catalog.pg_is_in_recovery() AS recovering, pg_catalog.pg_last_wal_replay_lsn()::text AS position,
              (pg_catalog.date_part('epoch', pg_catalog.pg_last_xact_replay_timestamp()) * 1000)::text AS time`,
    )
    const [row] = rows
    if (!row) throw new Error('the server answered nothing')
    const position = parseLsn(row.position)
    // Whole milliseconds: what is later within one is not taken for later than it.
    const time = row.time === null ? null : new Date(Math.floor(Number(row.time)))
    if (!row.recovering)
      return { isRecovering: false, isPaused: false, position, time, timeline: await timelineBefore(client) }
    const leg = plan.path.find(({ from, to }) => from <= position && position <= to)
    const paused = await client.query<{ paused: boolean }>('SELECT pg_catalog.pg_is_wal_replay_paused() AS paused')
    const isPaused = paused.rows[0]?.paused ?? false
    return { isRecovering: true, isPaused, position, time, timeline: leg?.timeline ?? plan.timeline }
  })
}

/** The timeline that was replayed last: the promotion began a new one, whose history names it. */
async function timelineBefore(client: Client): Promise<string> {
  const { rows } = await client.query<{ timeline: string; history: string }>(
    `SELECT timeline, pg_catalog.pg_read_file('pg_wal/' || timeline || '.history') AS history
       FROM (SELECT pg_catalog.left(pg_catalog.pg_walfile_name(pg_catalog.pg_current_wal_insert_lsn()), 8) AS timeline) AS now`,
  )
  const [row] = rows
  const legs = row ? legsOf(parseTimelineHistory(row.timeline, row.history)) : []
  // Where it stopped before a timeline on its way began, that is the last but one of the names, and nothing of it was replayed.
  const last = legs.findLast(({ from, to }) => to !== null && from < to)
  if (!last) throw new Error('the timeline of the promoted server has no history')
  return last.timeline
}
