import { Counter, Gauge, Registry } from 'prom-client'
import { jobKindSchema } from '@/lib/contracts/job'
import type { ServiceContext } from '../context'
import { permit } from '../permit'
import { countedStates, type DestinationMetrics, type MetricFacts, type SourceMetrics } from './metric-facts'
import { readMetrics } from './read-metrics'

/** The catalog's state in Prometheus' text format. Every scrape has a registry of its own: nothing is kept between two. */
export async function renderMetrics(args: {
  ctx: ServiceContext
  version: string
}): Promise<{ contentType: string; text: string }> {
  permit(args.ctx.actor, 'viewer')
  const facts = await readMetrics(args.ctx.db, args.ctx.clock.now())
  const registry = new Registry()
  writeInstance(registry, facts, args.version)
  writeSources(registry, facts)
  writeDestinations(registry, facts.destinations)
  return { contentType: registry.contentType, text: await registry.metrics() }
}

function gauges<L extends string>(registry: Registry, name: string, help: string, labelNames: readonly L[]) {
  return new Gauge({ name: `holdfast_${name}`, help, labelNames, registers: [registry] })
}

function writeInstance(registry: Registry, facts: MetricFacts, version: string): void {
  gauges(registry, 'build_info', 'The running version; always 1', ['version']).set({ version }, 1)
  gauges(registry, 'metrics_truncated', 'Sources and destinations left out of the metrics', []).set(facts.truncated)
  gauges(registry, 'workers_alive', 'Workers that were heard of within their lease', []).set(facts.workers.alive)
  if (facts.workers.lastSeenAt) {
    gauges(registry, 'worker_last_seen_seconds', 'Age of the newest sign of life of any worker', []).set(
      seconds(facts.at.getTime() - facts.workers.lastSeenAt.getTime()),
    )
  }
  const { state, backups } = facts.recoveryKit
  const kit = (name: string, help: string) => gauges(registry, `recovery_kit_${name}`, help, [])
  kit('confirmed', '1 once somebody has shown that the recovery kit is stored').set(state === 'confirmed' ? 1 : 0)
  kit('backups', 'Backups that there are').set(backups.total)
  kit('opened_backups', 'Backups that the recovery kit opens in every copy').set(backups.opened)
  const queue = gauges(registry, 'queue_depth', 'Jobs that wait or run', ['kind', 'state'])
  for (const kind of jobKindSchema.options) for (const state of ['queued', 'running']) queue.set({ kind, state }, 0)
  for (const { kind, state, count } of facts.queue) queue.set({ kind, state }, count)
  const alerts = gauges(registry, 'alerts_open', 'Open incidents by event', ['event'])
  for (const [event, count] of facts.alertsOpen) alerts.set({ event }, count)
}

/** A gauge of sources: its name, what it says, and its value; null leaves the source out. */
type SourceGauge = [name: string, help: string, value: (source: SourceMetrics, at: Date) => number | null]

const sourceGauges: SourceGauge[] = [
  [
    'last_success_timestamp_seconds',
    'End of the newest good backup, seconds since 1970',
    ({ good }) => (good ? good.finishedAt.getTime() / 1_000 : null),
  ],
  [
    'backup_age_seconds',
    'Time since the newest good backup ended',
    ({ good }, at) => (good ? seconds(at.getTime() - good.finishedAt.getTime()) : null),
  ],
  [
    'exposure_seconds',
    'What would be lost now if it restores: time since the instant up to which data is stored, by the newest good backup or the log',
    ({ good }, at) => (good ? seconds(at.getTime() - good.storedUntil.getTime()) : null),
  ],
  [
    'proven_exposure_seconds',
    'What would be lost now at most: time since the instant up to which data is proven to be restorable',
    ({ provenUpTo }, at) => (provenUpTo ? seconds(at.getTime() - provenUpTo.getTime()) : null),
  ],
  [
    'backups_not_tested',
    'Good backups after the newest proven one that no restore test has looked at, counted up to 100',
    ({ untested }) => untested,
  ],
  [
    'backup_duration_seconds',
    'How long the newest good backup took',
    ({ good }) => (good && good.durationMs !== null ? good.durationMs / 1_000 : null),
  ],
  [
    'backup_source_bytes',
    'Bytes read from the source by the newest good backup',
    ({ good }) => good?.sourceBytes ?? null,
  ],
  ['backup_stored_bytes', 'Bytes stored by the newest good backup', ({ good }) => good?.storedBytes ?? null],
  ['backup_failing', '1 while a failed or missed backup has not been made up for', ({ failing }) => (failing ? 1 : 0)],
  ['rpo_objective_seconds', 'Promised largest data loss', ({ rpoObjectiveMs }) => inSeconds(rpoObjectiveMs)],
  ['rto_objective_seconds', 'Promised longest restore', ({ rtoObjectiveMs }) => inSeconds(rtoObjectiveMs)],
  [
    'restore_test_age_seconds',
    'Time since a restore test last passed',
    ({ provenAt }, at) => (provenAt ? seconds(at.getTime() - provenAt.getTime()) : null),
  ],
  [
    'restore_test_passed',
    '1 when the last restore test passed, 0 when it failed or was missed',
    ({ restoreTestPassed }) => (restoreTestPassed === null ? null : restoreTestPassed ? 1 : 0),
  ],
  [
    'restore_duration_seconds',
    'How long the last passed restore took',
    ({ restoreDurationMs }) => inSeconds(restoreDurationMs),
  ],
  [
    'log_exposure_seconds',
    'Age of the oldest commit that is not stored, of a source whose log is followed',
    ({ log }) => inSeconds(log?.exposureMs ?? null),
  ],
  [
    'log_behind',
    '1 while more would be lost than the objective of a followed log allows',
    ({ log }) => (log ? Number(log.isBehind) : null),
  ],
  ['log_lag_bytes', 'Log that the server has and no destination', ({ log }) => log?.lagBytes ?? null],
  ['log_kept_bytes', 'Log that the server keeps until it is stored', ({ log }) => log?.keptBytes ?? null],
  [
    'recovery_window_start_timestamp_seconds',
    'Beginning of the open window: every point from there on can be recovered to',
    ({ log }) => at(log?.windowFrom),
  ],
  [
    'recovery_window_end_timestamp_seconds',
    'Its end: everything that was committed up to then can be recovered to',
    ({ log }) => at(log?.windowTo),
  ],
]

function writeSources(registry: Registry, facts: MetricFacts): void {
  for (const [name, help, value] of sourceGauges) {
    const gauge = gauges(registry, name, help, ['source', 'source_id'])
    for (const source of facts.sources) {
      const measured = value(source, facts.at)
      if (measured !== null) gauge.set({ source: source.name, source_id: source.id }, measured)
    }
  }
  const runs = new Counter({
    name: 'holdfast_backups_total',
    help: 'Backups that ended, by how',
    labelNames: ['source', 'source_id', 'state'],
    registers: [registry],
  })
  for (const source of facts.sources) {
    for (const state of countedStates)
      runs.inc({ source: source.name, source_id: source.id, state }, source.runs[state])
  }
}

function writeDestinations(registry: Registry, destinations: DestinationMetrics[]): void {
  const labels = ['destination', 'destination_id'] as const
  const up = gauges(registry, 'destination_up', '1 when the destination answered its last check', labels)
  const bytes = gauges(registry, 'destination_bytes', 'Bytes of our copies in the destination', labels)
  const capacity = gauges(registry, 'destination_capacity_bytes', 'Bytes that the destination may hold', labels)
  const free = gauges(registry, 'destination_free_bytes', 'Bytes that its file system has left', labels)
  const copies = gauges(registry, 'copies', 'Copies in the destination, by state', [...labels, 'state'])
  for (const destination of destinations) {
    const own = { destination: destination.name, destination_id: destination.id }
    if (destination.up !== null) up.set(own, destination.up ? 1 : 0)
    bytes.set(own, destination.storedBytes)
    if (destination.capacityBytes !== null) capacity.set(own, destination.capacityBytes)
    if (destination.freeBytes !== null) free.set(own, destination.freeBytes)
    for (const [state, count] of Object.entries(destination.copies)) copies.set({ ...own, state }, count)
  }
}

/** Never below zero: another machine's clock may be a little ahead. */
const seconds = (ms: number): number => Math.max(0, ms / 1_000)
const at = (time: Date | null | undefined): number | null => (time ? time.getTime() / 1_000 : null)
const inSeconds = (ms: number | null): number | null => (ms === null ? null : ms / 1_000)
