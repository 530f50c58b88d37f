import { setTimeout as delay } from 'node:timers/promises'
import path from 'node:path'
import { isTerminal } from '@/lib/core/job/transition'
import { startBackup } from '@/lib/services/backup/start-backup'
import { deleteBackup } from '@/lib/services/backup/delete-backup'
import { cancelJob } from '@/lib/services/job/cancel-job'
import { getJob } from '@/lib/services/job/get-job'
import type { Bucket } from './bucket'
import type { Holdfast } from './holdfast'
import { benchDatabase } from './load-source'
import type { PlainTools } from './plain-tools'
import { machineBusySeconds, writtenBytes } from './process-stats'
import { runTool } from './run-tool'
import type { Server } from './server'
import type { BenchSettings } from './settings'

/** What runs beside pgbench; `snapshot` is an idle transaction alone, which every consistent dump holds open. */
export const impactModes = ['alone', 'plain', 'holdfast', 'gentle', 'snapshot'] as const
export type ImpactMode = (typeof impactModes)[number]

/** pgbench for some seconds beside backups that are taken one after another. */
export interface ImpactSample {
  tps: number
  seconds: number
  machineCpuSeconds: number
  /** Backups finished in the time, and the bytes that the unfinished one had come to. */
  finished: number
  begunBytes: number
}

/** A backup that is taken again and again; `stop` ends it and says how far it came. */
interface Load {
  stop(): Promise<{ finished: number; begunBytes: number }>
}

const liveDatabase = 'bench_live'
const settleMs = 3_000

export interface Impact {
  measure(mode: ImpactMode): Promise<ImpactSample>
  close(): Promise<void>
}

/** pgbench changes what it runs on, so it gets a copy of the database; backups beside it are of that copy. */
export async function openImpact(
  settings: BenchSettings,
  { source, holdfast, plain, bucket }: { source: Server; holdfast: Holdfast; plain: PlainTools; bucket: Bucket },
): Promise<Impact> {
  await source.query(`DROP DATABASE IF EXISTS ${liveDatabase}`)
  await source.query(`CREATE DATABASE ${liveDatabase} TEMPLATE ${benchDatabase}`)
  const sources = {
    holdfast: await holdfast.addSource('beside pgbench', liveDatabase, {}),
    gentle: await holdfast.addSource('beside pgbench, gentle', liveDatabase, { gentle: true }),
  }
  const nothing = { finished: 0, begunBytes: 0 }
  const start = async (mode: ImpactMode): Promise<Load> => {
    if (mode === 'alone') return { stop: () => Promise.resolve(nothing) }
    if (mode === 'snapshot') {
      const session = await source.connect(liveDatabase)
      await session.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SELECT')
      return { stop: () => session.end().then(() => nothing) }
    }
    return mode === 'plain' ? plainLoad(plain, bucket) : holdfastLoad(holdfast, sources[mode])
  }
  await pgbench(settings, source.port, Math.min(10, settings.impact.seconds))
  return {
    async measure(mode) {
      await source.query('CHECKPOINT')
      const load = await start(mode)
      try {
        if (mode !== 'alone') await delay(settleMs)
        const before = machineBusySeconds()
        const tps = await pgbench(settings, source.port, settings.impact.seconds)
        const machineCpuSeconds = machineBusySeconds() - before
        return { tps, seconds: settings.impact.seconds, machineCpuSeconds, ...(await load.stop()) }
      } catch (error) {
        await load.stop().catch(() => undefined)
        throw error
      }
    },
    async close() {
      await source.query(`DROP DATABASE IF EXISTS ${liveDatabase} WITH (FORCE)`)
    },
  }
}

async function pgbench(settings: BenchSettings, port: number, seconds: number): Promise<number> {
  const output = await runTool(path.join(settings.pgBin, 'pgbench'), [
    ...['-h', '127.0.0.1', '-p', String(port), '-U', 'postgres', '-n', '-j', '2'],
    ...['-c', String(settings.impact.clients), '-T', String(seconds), liveDatabase],
  ])
  const tps = Number(/^tps = ([\d.]+)/m.exec(output)?.[1])
  if (!Number.isFinite(tps)) throw new Error(`pgbench told no rate:\n${output}`)
  return tps
}

function plainLoad(plain: PlainTools, bucket: Bucket): Load {
  const key = 'beside-pgbench'
  let stopped = false
  let finished = 0
  let pid = 0
  const run = async () => {
    while (!stopped) {
      await plain.startGzip(key, liveDatabase, (started) => (pid = started))
      finished += 1
    }
  }
  const running = run().catch((error: unknown) => {
    if (!stopped) throw error
  })
  running.catch(() => undefined)
  return {
    async stop() {
      stopped = true
      const begunBytes = writtenBytes(pid, 'pg_dump')
      try {
        process.kill(-pid, 'SIGTERM')
      } catch {
        // It has just ended by itself.
      }
      await running
      await bucket.remove(key)
      return { finished, begunBytes }
    },
  }
}

function holdfastLoad({ ctx, destinationId, succeeded }: Holdfast, sourceId: string): Load {
  let stopped = false
  let finished = 0
  let before = ''
  let current = ''
  const run = async () => {
    while (!stopped) {
      const { jobId } = await startBackup({ ctx, input: { sourceId, destinationIds: [destinationId] } })
      current = jobId
      const { backupId } = await succeeded(jobId)
      finished += 1
      if (before) await deleteBackup({ ctx, input: { id: before } }).catch(() => undefined)
      before = backupId ?? ''
    }
  }
  const running = run().catch((error: unknown) => {
    if (!stopped) throw error
  })
  running.catch(() => undefined)
  return {
    async stop() {
      stopped = true
      const job = await getJob({ ctx, input: { id: current } })
      if (!isTerminal(job.state)) await cancelJob({ ctx, input: { id: current } }).catch(() => undefined)
      await running
      return { finished, begunBytes: isTerminal(job.state) ? 0 : (job.progress?.doneBytes ?? 0) }
    },
  }
}
