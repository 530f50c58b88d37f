import { mkdir, readFile } from 'node:fs/promises'
import path from 'node:path'
import { hostname } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Actor } from '@/lib/contracts/common'
import type { JobKind } from '@/lib/contracts/job'
import { toFailure } from '@/lib/core/holdfast-error'
import { catalogNow } from '@/lib/db/catalog-now'
import { engines } from '@/lib/engines/index'
import { createLogger } from '@/lib/process/create-logger'
import { ensureDemo } from '@/lib/services/setup/ensure-demo'
import { warnOfExposedSecrets } from '@/lib/services/exposed-secrets/warn-of-exposed-secrets'
import { ensureFirstStart } from '@/lib/services/setup/ensure-first-start'
import packageJson from '../package.json' with { type: 'json' }
import { buildContext } from './build-context'
import { keepLeases } from './lease-keeper'
import { processKey } from './process-key'
import { RunAbort } from './run-abort'
import { runJob } from './run-job'
import { readSettings } from './settings'
import { spareCollections } from './spare-collections'
import { keepStreams } from './streams/keep-streams'
import { takeJobs } from './take-jobs'
import { startTicking } from './tick'
import { warnOfPrograms } from './warn-of-programs'

const logger = createLogger('worker')

const secretNames = [
  'DATABASE_URL',
  'HOLDFAST_ADMIN_PASSWORD',
  'HOLDFAST_API_TOKEN',
  'HOLDFAST_CATALOG_BACKUP_URL',
  'HOLDFAST_SAMPLE_URL',
  'NEXTAUTH_SECRET',
]

/** Starts the worker: makes itself known, prepares a fresh instance, takes jobs until it is stopped. */
async function main(): Promise<void> {
  process.umask(0o077)
  spareCollections()
  const settings = readSettings(process.env)
  // The secrets were read; no tool started from here may inherit them.
  for (const name of secretNames) delete process.env[name]
  const workerId = crypto.randomUUID()
  const actor: Actor = { type: 'worker', id: workerId, role: 'admin' }
  const { ctx, close } = await buildContext({
    actor,
    logger,
    home: settings.home,
    databaseUrl: settings.databaseUrl,
  })
  delete process.env['HOLDFAST_MASTER_KEY']
  const now = await catalogNow(ctx.db)
  await ctx.db.worker.create({
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
  const backupFolder = path.join(settings.home, 'backups')
  await mkdir(backupFolder, { recursive: true, mode: 0o700 })
  await ensureFirstStart({
    ctx,
    input: {
      backupFolder,
      catalogUrl: settings.catalogBackupUrl,
      sampleUrl: settings.sampleUrl,
      administrator: settings.administrator,
      knownToken: settings.knownToken,
    },
  })
  // Reading through everything that was kept takes its time; work does not wait for it.
  void warnOfExposedSecrets({ ctx }).catch((error: unknown) =>
    logger.error('looking for readable passwords failed', { error: String(error) }),
  )
  if (settings.demo) {
    const shopSql = await readFile(path.resolve('prisma/seed/shop.sql'), 'utf8')
    await ensureDemo({ ctx, input: { catalogUrl: settings.databaseUrl, sampleUrl: settings.sampleUrl, shopSql } })
  }

  const leases = keepLeases(ctx, workerId)
  const ticking = startTicking(ctx, { id: workerId, leases })
  const deps = { ctx, leases, home: settings.home, retryDelaySeconds: settings.retryDelaySeconds }
  const concurrency: Record<JobKind, number> = {
    backup: settings.backupConcurrency,
    'restore-test': 1,
    restore: 1,
    // An open look is one of them for as long as it is open.
    recovery: 4,
    retention: 1,
    cleanup: 1,
    copy: 2,
    reverify: 1,
    inventory: 1,
    rewrap: 1,
  }
  const taking = takeJobs({
    db: ctx.db,
    databaseUrl: settings.databaseUrl,
    workerId,
    concurrency,
    logger,
    run: (job) => runJob(deps, job),
  })
  const streams = keepStreams(ctx, workerId)
  await warnOfPrograms(Object.values(engines), logger)
  logger.info('worker ready', { workerId, version: packageJson.version })

  let stopping = false
  const stop = async (signal: string) => {
    if (stopping) return
    stopping = true
    logger.info('worker stopping', { signal, running: leases.count })
    await taking.pause()
    await streams.stop()
    const patience = Date.now() + settings.graceMs
    while (leases.count > 0 && Date.now() < patience) await sleep(100)
    // What did not finish in time is handed back: another worker, or the next start, does it again.
    leases.abortAll(new RunAbort('shutdown'))
    const limit = Date.now() + 15_000
    while (leases.count > 0 && Date.now() < limit) await sleep(100)
    await ticking.stop()
    leases.stop()
    await ctx.db.worker.update({ where: { id: workerId }, data: { stoppedAt: ctx.clock.now() } })
    await close()
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
