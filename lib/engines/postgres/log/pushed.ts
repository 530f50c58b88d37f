import type { ClientBase } from 'pg'
import { HoldfastError } from '@/lib/core/holdfast-error'
import { formatLsn, type Lsn, parseLsn } from '@/lib/core/log/lsn'
import { numberOfSegment, segmentStart, timelineText, walFileOf } from '@/lib/core/log/wal-name'
import { classifyQueryError } from '@/lib/engines/postgres/classify-error'
import { withConnection } from '@/lib/engines/postgres/connect/connect'
import type { LogServer, PushedFile, PushedLogMethod, PushedSegment } from '@/lib/ports/log-method'
import { checkPushed } from './check-continuous'
import { identifySegment } from './identify'
import { longHeaderBytes } from './page-header'
import { WalReader } from './read-records'

/** Log that `archive_command` hands in. */
export const pushedLog: PushedLogMethod = {
  check: checkPushed,
  fileOf,
  read,
  async ask(source, run) {
    try {
      return await withConnection(source, run.signal, askServer)
    } catch (error) {
      run.signal.throwIfAborted()
      throw classifyQueryError(error)
    }
  },
}

/**
 * What is archived beside segments and histories says where a base backup ended (`.backup`), which ours say themselves, or is the
 * segment in which a timeline was left (`.partial`): the first segment of the next timeline has the same bytes.
 */
const passed = /^([0-9A-F]{8})[0-9A-F]{16}(\.[0-9A-F]{8}\.backup|\.partial)$/

function fileOf(name: string): PushedFile | null {
  const file = walFileOf(name)
  if (file) return { kind: file.kind, timeline: timelineText(file.timeline) }
  const [, timeline] = passed.exec(name) ?? []
  return timeline === undefined || timeline === '00000000' ? null : { kind: 'passed', timeline }
}

function read(name: string, bytes: Buffer, known: { identity: string; segmentBytes?: number }): PushedSegment {
  const { segmentBytes } = identifySegment(bytes, name, {
    systemIdentifier: known.identity,
    sizeBytes: bytes.length,
    ...(known.segmentBytes === undefined ? {} : { segmentBytes: known.segmentBytes }),
  })
  const file = walFileOf(name)
  const number = file?.kind === 'segment' ? numberOfSegment(file, segmentBytes) : null
  if (number === null) throw new RangeError(`${name} is no name of a segment of ${segmentBytes} bytes.`)
  const start = segmentStart(number, segmentBytes)
  let newest = 0n
  for (const fact of new WalReader({ segmentBytes }).write(start, bytes)) {
    if (fact.kind === 'commit' && fact.atMicros > newest) newest = fact.atMicros
  }
  return {
    segment: { number, name },
    segmentBytes,
    from: formatLsn(start),
    to: formatLsn(start + BigInt(segmentBytes)),
    // Rounded up, so that it is not later than the time that is told.
    lastCommitAt: newest > 0n ? new Date(Number((newest + 999n) / 1_000n)) : null,
  }
}

interface Row {
  identity: string
  timeline: string
  position: string | null
  segment: number
  at: Date
  mark: string | null
  failed: Date | null
  queue: boolean
}

/**
 * The place of the next record, whether the ones before are flushed or not: a commit may be answered before it is. Of a standby, what it
 * has received; its own snapshots do not tell what its primary will commit. Where no transaction is under way that began before the newest
 * one that has ended, `xmax` changes with the next one that ends.
 */
const serverQuery = `
  SELECT (SELECT system_identifier FROM pg_catalog.pg_control_system())::text AS identity,
         CASE WHEN standby THEN pg_catalog.lpad(pg_catalog.upper(pg_catalog.to_hex((SELECT timeline_id FROM pg_catalog.pg_control_checkpoint()))), 8, '0')
              ELSE pg_catalog.substr(pg_catalog.pg_walfile_name(pg_catalog.pg_current_wal_lsn()), 1, 8) END AS timeline,
         CASE WHEN standby THEN coalesce(pg_catalog.pg_last_wal_receive_lsn(), pg_catalog.pg_last_wal_replay_lsn())
              ELSE pg_catalog.pg_current_wal_insert_lsn() END::text AS position,
         (SELECT setting::int FROM pg_catalog.pg_settings WHERE name = 'wal_segment_size') AS segment,
         pg_catalog.now() AS at,
         CASE WHEN NOT standby AND pg_catalog.pg_snapshot_xmin(snapshot) = pg_catalog.pg_snapshot_xmax(snapshot)
              THEN pg_catalog.pg_snapshot_xmax(snapshot)::text END AS mark,
         CASE WHEN a.last_failed_time > coalesce(a.last_archived_time, '-infinity') THEN a.last_failed_time END AS failed,
         pg_catalog.has_function_privilege('pg_catalog.pg_ls_archive_statusdir()', 'EXECUTE') AS queue
    FROM pg_catalog.pg_stat_archiver a,
         (SELECT pg_catalog.pg_is_in_recovery() AS standby, pg_catalog.pg_current_snapshot() AS snapshot) s`

const queueQuery = `
  SELECT count(*)::int AS files, min(modification) AS oldest
    FROM pg_catalog.pg_ls_archive_statusdir() WHERE name LIKE '%.ready'`

async function askServer(client: ClientBase): Promise<LogServer> {
  const { rows } = await client.query<Row>(serverQuery)
  const [row] = rows
  if (!row?.position) throw new HoldfastError('source-failed', 'The server did not say how far its log has come.')
  return {
    identity: row.identity,
    timeline: row.timeline,
    segmentBytes: row.segment,
    position: formatLsn(withoutHeader(parseLsn(row.position), row.segment)),
    at: row.at,
    idleMark: row.mark,
    queue: row.queue ? await readQueue(client) : null,
    failedAt: row.failed,
  }
}

/** A snapshot of running transactions while none runs. The server writes it of its own accord; a change and its commit are longer. */
const snapshotBytes = 56

/**
 * Behind a segment that was ended, the place of the next record is behind the header of the next segment, and soon behind a snapshot:
 * nothing that was committed is in it yet.
 */
function withoutHeader(position: Lsn, segmentBytes: number): Lsn {
  const offset = position % BigInt(segmentBytes)
  return offset <= BigInt(longHeaderBytes + snapshotBytes) ? position - offset : position
}

async function readQueue(client: ClientBase): Promise<LogServer['queue']> {
  const { rows } = await client.query<{ files: number; oldest: Date | null }>(queueQuery)
  return { files: rows[0]?.files ?? 0, oldestAt: rows[0]?.oldest ?? null }
}
