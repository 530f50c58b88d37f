import path from 'node:path'
import { hostname } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Actor } from '@/lib/contracts/common'
import { jobKinds, type JobKind } from '@/lib/contracts/job'
import { HoldfastError, toFailure } from '@/lib/core/holdfast-error'
import { createDb } from '@/lib/db/client'
import { openQueue } from '@/lib/db/queue'
import { engines } from '@/lib/engines/index'
import { notifierDrivers } from '@/lib/notify/index'
import { createLogger } from '@/lib/process/create-logger'
import type { ServiceContext } from '@/lib/services/context'
import { ensureFirstStart } from '@/lib/services/setup/ensure-first-start'
import { openStorage } from '@/lib/storage/index'
import { loadMasterKey } from '@/lib/vault/load-master-key'
import { openVault } from '@/lib/vault/open-vault'
import packageJson from '../package.json' with { type: 'json' }
import { keepLeases } from './lease-keeper'
import { processKey } from './process-key'
import { RunAbort } from './run-abort'
import { runJob } from './run-job'
import { readSettings } from './settings'
import { startTicking } from './tick'

const logger = createLogger('worker')

/** The worker's composition root: the only place where its adapters are chosen. */
async function main(): Promise<void> {
  process.umask(0o077)
  const settings = readSettings(process.env)
  // The secrets were read; no tool started from here may inherit them.
  for (const name of ['HOLDFAST_ADMIN_PASSWORD', 'HOLDFAST_API_TOKEN', 'NEXTAUTH_SECRET']) delete process.env[name]
  const workerId = crypto.randomUUID()
  const actor: Actor = { type: 'worker', id: workerId, role: 'admin' }
  const db = createDb(settings.databaseUrl)
  const queue = await openQueue(settings.databaseUrl, {
    supervise: true,
    logger,
    retryDelaySeconds: settings.retryDelaySeconds,
  })
  const vault = await openVault(await loadMasterKey({ env: process.env, home: settings.home }))
  const ctx: ServiceContext = {
    actor,
    db,
    queue,
    vault,
    clock: { now: () => new Date() },
    logger,
    engine(name) {
      const engine = engines[name]
      if (engine) return engine
      throw new HoldfastError('engine-unsupported', `Sources of the engine ${name} are not supported yet.`)
    },
    notifier: (kind) => notifierDrivers[kind],
    openStorage,
  }
  const now = ctx.clock.now()
  await db.worker.create({
    data: {
      id: workerId,
      host: hostname(),
      pid: process.pid,
      processKey: processKey(process.pid),
      version: packageJson.version,
      startedAt: now,
      heartbeatAt: now,
    },
  })
  await ensureFirstStart({
    ctx,
    input: {
      backupFolder: path.join(settings.home, 'backups'),
      catalogUrl: settings.databaseUrl,
      administrator: settings.administrator,
      knownToken: settings.knownToken,
    },
  })

  const leases = keepLeases(ctx, workerId)
  const ticking = startTicking(ctx, queue)
  const deps = { ctx, queue, leases, workerId, sandboxRoot: path.join(settings.home, 'sandboxes') }
  const concurrency: Record<JobKind, number> = {
    backup: settings.backupConcurrency,
    'restore-test': 1,
    restore: 1,
    retention: 1,
    cleanup: 1,
  }
  for (const kind of jobKinds) {
    await queue.work(kind, concurrency[kind], (jobId, signal) => runJob(deps, jobId, signal))
  }
  logger.info('worker ready', { workerId, version: packageJson.version })

  let stopping = false
  const stop = async (signal: string) => {
    if (stopping) return
    stopping = true
    logger.info('worker stopping', { signal, running: leases.count })
    await queue.pause()
    const patience = Date.now() + settings.graceMs
    while (leases.count > 0 && Date.now() < patience) await sleep(100)
    // What did not finish in time is handed back: another worker, or the next start, does it again.
    leases.abortAll(new RunAbort('shutdown'))
    const limit = Date.now() + 15_000
    while (leases.count > 0 && Date.now() < limit) await sleep(100)
    await ticking.stop()
    leases.stop()
    await db.worker.update({ where: { id: workerId }, data: { stoppedAt: ctx.clock.now() } })
    await queue.stop()
    await db.$disconnect()
    process.exit(0)
  }
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      stop(signal).catch((error: unknown) => {
        logger.error('the worker did not stop cleanly', { error: String(error) })
        process.exit(1)
      })
    })
  }
}

main().catch((error: unknown) => {
  const failure = toFailure(error)
  logger.error(failure.message, { code: failure.code, remedy: failure.remedy })
  process.exit(1)
})
