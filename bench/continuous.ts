import { rmSync } from 'node:fs'
import path from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { deleteBackup } from '@/lib/services/backup/delete-backup'
import { startBackup } from '@/lib/services/backup/start-backup'
import { endRecovery } from '@/lib/services/recovery/end-recovery'
import { getRecovery } from '@/lib/services/recovery/get-recovery'
import { getWindows } from '@/lib/services/recovery/get-windows'
import { startRecovery } from '@/lib/services/recovery/start-recovery'
import { updateSource } from '@/lib/services/source/update-source'
import type { Holdfast } from './holdfast'
import { sourceFolder } from './load-source'
import { measurePlain, measureWorker, type Sample } from './measure'
import { openPgBackRest } from './pgbackrest'
import { peakRssBytes, resetPeak } from './process-stats'
import { runTool } from './run-tool'
import { startServer, type Server } from './server'
import type { BenchSettings } from './settings'

export const continuousWays = ['base', 'basePlain', 'baseOther', 'recovery', 'recoveryOther'] as const
export type ContinuousWay = (typeof continuousWays)[number]

export interface ContinuousResults {
  /** In milliseconds, sampled while pgbench ran. */
  exposure: { sliceMs: number; samples: number[] } | null
  /** Transactions a second: with the follower stopped, and streaming. */
  tps: { alone: number[]; streaming: number[] }
  quiet: { sources: number; peakRssBytes: number } | null
}

/** As the sandbox of a recovery has them: without them the other tool's server would sync its files. */
const sandboxSettings = { fsync: 'off', full_page_writes: 'off', synchronous_commit: 'off', archive_mode: 'off' }
const sliceMs = 10_000
/** What waits from the time before, in which the follower was stopped, is not its exposure. */
const caughtUpMs = 1_000
const sampleEveryMs = 100

/** Base backups, recoveries, exposure and cost of following the log, on the source's own data. */
export async function measureContinuous(
  settings: BenchSettings,
  holdfast: Holdfast,
  note: (way: ContinuousWay, sample: Sample) => void,
): Promise<ContinuousResults> {
  const folder = sourceFolder(settings)
  const other = openPgBackRest(settings, path.join(folder, 'data'))
  const archive = { archive_mode: 'on', archive_command: other.archiveCommand }
  const server = await startServer(settings.pgBin, folder, { max_wal_size: '4GB', ...archive })
  const results: ContinuousResults = { exposure: null, tps: { alone: [], streaming: [] }, quiet: null }
  try {
    await other.prepare(server.port)
    const sourceId = await holdfast.addSource('continuous', 'postgres', {}, server.port)
    await follow(holdfast, sourceId)
    for (let round = 1; round <= settings.continuous.rounds; round += 1) {
      note('base', await base(holdfast, sourceId))
      note('basePlain', await basePlain(settings, server))
      note('baseOther', await other.full())
      note('recovery', await recovery(holdfast, sourceId))
      note('recoveryOther', await other.restore(sandboxSettings))
    }
    await underLoad({ settings, holdfast, server, sourceId, results })
    await updateSource({
      ctx: holdfast.ctx,
      input: { id: sourceId, patch: { protection: { continuous: false, dumps: true } } },
    })
    await until(async () => (await getWindows({ ctx: holdfast.ctx, input: { sourceId } })).streaming === null)
  } finally {
    await server.stop()
    other.close()
  }
  if (settings.continuous.quietSources > 0) results.quiet = await quiet(settings, holdfast)
  return results
}

async function follow({ ctx, destinationId }: Holdfast, sourceId: string): Promise<void> {
  const protection = { continuous: true, dumps: true, sliceMs, destinationIds: [destinationId] }
  await updateSource({ ctx, input: { id: sourceId, patch: { protection } } })
  await until(async () => (await getWindows({ ctx, input: { sourceId } })).windows.length > 0)
}

async function until(isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo())) await delay(100)
}

async function base(holdfast: Holdfast, sourceId: string): Promise<Sample> {
  const { ctx, destinationId, workerPid } = holdfast
  let backupId = ''
  const sample = await measureWorker(workerPid, async () => {
    const { jobId } = await startBackup({ ctx, input: { sourceId, kind: 'base', destinationIds: [destinationId] } })
    const job = await holdfast.succeeded(jobId)
    backupId = job.backupId ?? ''
    return { wallMs: job.durationMs ?? 0 }
  })
  const older = await ctx.db.backup.findMany({ where: { sourceId, id: { not: backupId }, deletedAt: null } })
  for (const { id } of older) await deleteBackup({ ctx, input: { id } }).catch(() => undefined)
  return sample
}

/** Neither encrypted nor hashed nor sent anywhere. */
async function basePlain(settings: BenchSettings, { port }: Server): Promise<Sample> {
  const file = path.join(settings.dataFolder, 'base.tar.zst')
  const script =
    'set -euo pipefail; "$PG/pg_basebackup" -h 127.0.0.1 -p "$PORT" -U postgres -D - -Ft -X none -c fast | zstd -q -1 -f -o "$FILE"'
  try {
    return await measurePlain(async (onStart) => {
      await runTool('bash', ['-c', script], { env: { PG: settings.pgBin, PORT: String(port), FILE: file }, onStart })
      return {}
    })
  } finally {
    rmSync(file, { force: true })
  }
}

/** Until the server at the latest state can be asked. */
async function recovery(holdfast: Holdfast, sourceId: string): Promise<Sample> {
  const { ctx, workerPid } = holdfast
  let id = ''
  const sample = await measureWorker(workerPid, async () => {
    const input = { sourceId, target: { type: 'latest' as const }, use: 'look' as const }
    id = (await startRecovery({ ctx, input })).recoveryId
    await until(async () => {
      const { state, error } = await getRecovery({ ctx, input: { id } })
      if (state === 'failed') throw new Error(JSON.stringify(error))
      return state === 'ready'
    })
    return { steps: (await getRecovery({ ctx, input: { id } })).steps }
  })
  await endRecovery({ ctx, input: { id } })
  await until(async () => (await getRecovery({ ctx, input: { id } })).state === 'closed')
  return sample
}

interface Loaded {
  settings: BenchSettings
  holdfast: Holdfast
  server: Server
  sourceId: string
  results: ContinuousResults
}

/** The follower is stopped and goes on in turns, so that both meet a database that has grown as much. */
async function underLoad({ settings, holdfast, server, sourceId, results }: Loaded): Promise<void> {
  const { ctx, workerPid } = holdfast
  const database = 'bench_followed'
  await server.query(`DROP DATABASE IF EXISTS ${database}`)
  await server.query(`CREATE DATABASE ${database}`)
  const pgbench = (...args: string[]) =>
    runTool(path.join(settings.pgBin, 'pgbench'), [
      ...['-h', '127.0.0.1', '-p', String(server.port), '-U', 'postgres', ...args, database],
    ])
  await pgbench('-i', '-q', '-s', '20')
  const load = async () => {
    const told = await pgbench(
      ...['-n', '-j', '2', '-c', String(settings.impact.clients), '-T', String(settings.continuous.seconds)],
    )
    return Number(/^tps = ([\d.]+)/m.exec(told)?.[1])
  }
  const samples: number[] = []
  for (let round = 1; round <= settings.continuous.rounds; round += 1) {
    process.kill(workerPid, 'SIGSTOP')
    try {
      results.tps.alone.push(await load())
    } finally {
      process.kill(workerPid, 'SIGCONT')
    }
    const caughtUp = async () => ((await getWindows({ ctx, input: { sourceId } })).exposureMs ?? Infinity) < caughtUpMs
    await until(caughtUp)
    let isRunning = true
    const sampling = (async () => {
      while (isRunning) {
        const { exposureMs } = await getWindows({ ctx, input: { sourceId } })
        samples.push(exposureMs ?? Number.POSITIVE_INFINITY)
        await delay(sampleEveryMs)
      }
    })()
    results.tps.streaming.push(await load())
    isRunning = false
    await sampling
  }
  results.exposure = { sliceMs, samples }
  await server.query(`DROP DATABASE ${database} WITH (FORCE)`)
}

/** Many sources on one small server on which nothing happens. */
async function quiet(settings: BenchSettings, holdfast: Holdfast): Promise<ContinuousResults['quiet']> {
  const { quietSources: sources } = settings.continuous
  const folder = path.join(settings.dataFolder, 'quiet')
  rmSync(folder, { recursive: true, force: true })
  const most = String(sources + 10)
  const server = await startServer(settings.pgBin, folder, {
    ...{ max_wal_senders: most, max_replication_slots: most, max_connections: String(sources * 2 + 50) },
  })
  try {
    const { ctx, workerPid } = holdfast
    for (let nth = 1; nth <= sources; nth += 1)
      await follow(holdfast, await holdfast.addSource(`quiet ${nth}`, 'postgres', {}, server.port))
    await until(async () => (await ctx.db.logStream.count({ where: { state: 'streaming' } })) >= sources)
    resetPeak(workerPid)
    await delay(settings.continuous.seconds * 1_000)
    return { sources, peakRssBytes: peakRssBytes(workerPid) }
  } finally {
    await server.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}
