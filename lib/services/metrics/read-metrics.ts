import { alertEventSchema, type AlertEvent } from '@/lib/contracts/alerting/alert'
import type { Tx } from '@/lib/db/client'
import { leaseMs } from '../job/recover-jobs'
import { readRecoveryKit } from '../recovery-kit/get-recovery-kit'
import { readSourceFacts, type SourceRow } from '../status/source-facts'
import { countRuns, noRuns, type RunCounts } from './count-runs'
import type { MetricFacts, SourceMetrics } from './metric-facts'
import { readLogMetrics } from './read-log-metrics'
import { readDestinationMetrics } from './read-destination-metrics'

/** More sources or destinations than this are left out, by name, so that the number of series is bounded. */
export const mostSubjects = 2_000

/** Reads what is exported: a few grouped queries, whatever the number of sources and the length of the history. */
export async function readMetrics(tx: Tx, now: Date, most = mostSubjects): Promise<MetricFacts> {
  const [sources, logs, destinations, runs, queue, workers, alerts, recoveryKit] = await Promise.all([
    readSourceFacts(tx, now),
    readLogMetrics(tx, now),
    readDestinationMetrics(tx),
    countRuns(tx, now),
    tx.job.groupBy({ by: ['kind', 'state'], where: { state: { in: ['queued', 'running'] } }, _count: { _all: true } }),
    tx.worker.findMany({
      orderBy: { heartbeatAt: 'desc' },
      take: 100,
      select: { heartbeatAt: true, stoppedAt: true },
    }),
    tx.alert.findMany({ where: { resolvedAt: null }, select: { event: true, sourceId: true } }),
    readRecoveryKit(tx),
  ])
  const shown = sources.slice(0, most)
  const goodIds = shown.flatMap(({ goodId }) => goodId ?? [])
  const sizes = await tx.backup.findMany({
    where: { id: { in: goodIds } },
    select: { id: true, durationMs: true, sourceBytes: true },
  })
  const sizeOf = new Map(sizes.map((row) => [row.id, row]))
  const openBySource = Map.groupBy(alerts, (alert) => alert.sourceId)
  const alive = workers.filter((row) => !row.stoppedAt && now.getTime() - row.heartbeatAt.getTime() < leaseMs)
  return {
    at: now,
    sources: shown.map((row) =>
      sourceMetrics(row, {
        size: sizeOf.get(row.goodId ?? ''),
        open: (openBySource.get(row.id) ?? []).map((alert) => alert.event),
        runs,
        log: logs.get(row.id) ?? null,
      }),
    ),
    destinations: destinations.slice(0, most),
    queue: queue.map((group) => ({ kind: group.kind, state: group.state, count: group._count._all })),
    workers: { alive: alive.length, lastSeenAt: workers[0]?.heartbeatAt ?? null },
    alertsOpen: countEvents(alerts),
    recoveryKit,
    truncated: Math.max(0, sources.length - most) + Math.max(0, destinations.length - most),
  }
}

function sourceMetrics(
  row: SourceRow,
  facts: {
    size: { durationMs: number | null; sourceBytes: bigint } | undefined
    open: string[]
    runs: RunCounts
    log: SourceMetrics['log']
  },
): SourceMetrics {
  const { size, open } = facts
  const good =
    row.storedUntil && row.goodFinishedAt
      ? {
          storedUntil: row.storedUntil,
          finishedAt: row.goodFinishedAt,
          durationMs: size?.durationMs ?? null,
          sourceBytes: Number(size?.sourceBytes ?? 0n),
          storedBytes: row.goodStoredBytes ?? 0,
        }
      : null
  return {
    id: row.id,
    name: row.name,
    good,
    failing: open.includes('backup-failed') || open.includes('backup-missed'),
    rpoObjectiveMs: row.rpoObjectiveMs,
    rtoObjectiveMs: row.rtoObjectiveMs,
    provenAt: row.provenAt,
    provenUpTo: row.provenUntil,
    untested: row.newerUntested,
    restoreDurationMs: row.restoreDurationMs,
    restoreTestPassed: open.includes('restore-test-failed') ? false : row.provenAt ? true : null,
    log: facts.log,
    runs: facts.runs.get(row.id) ?? noRuns(),
  }
}

function countEvents(alerts: { event: string }[]): Map<AlertEvent, number> {
  const counts = new Map<AlertEvent, number>(alertEventSchema.options.map((event) => [event, 0]))
  for (const alert of alerts) {
    const event = alertEventSchema.safeParse(alert.event)
    if (event.success) counts.set(event.data, (counts.get(event.data) ?? 0) + 1)
  }
  return counts
}
