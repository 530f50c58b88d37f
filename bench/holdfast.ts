import { type ChildProcess, spawn } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import path from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { Client } from 'pg'
import type { JobState } from '@/lib/contracts/common'
import type { Job } from '@/lib/contracts/job'
import { createDestinationSchema } from '@/lib/contracts/destination'
import type { PostgresOptions } from '@/lib/contracts/engines/postgres'
import { createSourceSchema } from '@/lib/contracts/source'
import { isTerminal } from '@/lib/core/job/transition'
import { migrate } from '@/lib/db/migrate'
import type { Logger } from '@/lib/ports/run-context'
import { exactEnvironment } from '@/lib/process/exact-environment'
import type { ServiceContext } from '@/lib/services/context'
import { createDestination } from '@/lib/services/destination/create-destination'
import { getJob } from '@/lib/services/job/get-job'
import { createRecoveryKit } from '@/lib/services/settings/create-recovery-kit'
import { createSource } from '@/lib/services/source/create-source'
import { workerHeapFlags } from '@/scripts/supervise/worker-heap'
import { buildContext } from '@/worker/build-context'
import { benchDatabase } from './load-source'
import type { BenchSettings } from './settings'

const silent: Logger = { debug() {}, info() {}, warn() {}, error() {}, child: () => silent }

/** The product without its web: catalog, worker process, the source and the bucket. */
export interface Holdfast {
  ctx: ServiceContext
  workerPid: number
  sourceId: string
  destinationId: string
  /** Another source, on the same server unless another port is named. */
  addSource(name: string, database: string, options: Partial<PostgresOptions>, port?: number): Promise<string>
  /** The same bucket under another address. */
  addDestination(name: string, endpoint: string): Promise<string>
  /** Waits for the job's end; throws with its error unless it ended in one of these states (succeeded). */
  succeeded(jobId: string, states?: readonly JobState[]): Promise<Job>
  close(): Promise<void>
}

export async function startHoldfast(
  settings: BenchSettings,
  home: string,
  sourcePort: number,
  bucket: string,
): Promise<Holdfast> {
  const url = await makeCatalog(settings)
  const actor = { type: 'cli', user: 'bench', role: 'admin' } as const
  const { ctx, close } = await buildContext({ actor, logger: silent, home, databaseUrl: url })
  // Without this the worker would add its own catalog as a source and back it up between the measurements.
  await ctx.db.setting.create({ data: { key: 'first-start', value: {} } })
  await createRecoveryKit({ ctx, input: { replace: false } })
  const worker = await startWorker(settings, home, url)
  const addSource = async (name: string, database: string, options: Partial<PostgresOptions>, port = sourcePort) => {
    const connection = { host: '127.0.0.1', port, user: 'postgres', database, ssl: 'disable' }
    return (await createSource({ ctx, input: createSourceSchema.parse({ name, connection, options }) })).id
  }
  const sourceId = await addSource('bench', benchDatabase, {})
  const { accessKeyId, secretAccessKey } = settings.s3
  const addDestination = async (name: string, endpoint: string) => {
    const prefix = name === 'bench' ? '' : name
    const config = { endpoint, bucket, prefix, forcePathStyle: true, accessKeyId, secretAccessKey }
    return (await createDestination({ ctx, input: createDestinationSchema.parse({ name, kind: 's3', config }) })).id
  }
  const destinationId = await addDestination('bench', settings.s3.endpoint)
  return {
    ctx,
    workerPid: worker.child.pid ?? 0,
    sourceId,
    destinationId,
    addSource,
    addDestination,
    async succeeded(jobId, states = ['succeeded']) {
      for (;;) {
        const job = await getJob({ ctx, input: { id: jobId } })
        if (states.includes(job.state)) return job
        if (isTerminal(job.state)) throw new Error(`The job ended ${job.state}: ${job.error?.message ?? ''}`)
        if (worker.child.exitCode !== null) throw new Error(`The worker ended:\n${worker.output()}`)
        await delay(200)
      }
    },
    async close() {
      if (worker.child.exitCode === null && worker.child.signalCode === null) worker.child.kill('SIGTERM')
      await worker.exited
      await close()
    },
  }
}

/** A migrated catalog in a database of its own. */
async function makeCatalog(settings: BenchSettings): Promise<string> {
  const url = new URL(settings.catalogServerUrl)
  const name = `holdfast_bench_${process.pid}`
  const admin = new Client({ connectionString: url.href })
  await admin.connect()
  await admin.query(`CREATE DATABASE ${name} TEMPLATE template0`)
  await admin.end()
  url.pathname = `/${name}`
  await migrate(url.href, path.join(settings.root, 'prisma/migrations'))
  return url.href
}

async function startWorker(settings: BenchSettings, home: string, databaseUrl: string) {
  const { profileFolder } = settings
  if (profileFolder) mkdirSync(profileFolder, { recursive: true })
  const profile = profileFolder ? ['--cpu-prof', `--cpu-prof-dir=${profileFolder}`] : []
  const child: ChildProcess = spawn(
    process.execPath,
    [...workerHeapFlags, ...profile, path.join(settings.root, 'dist/worker.mjs')],
    {
      env: exactEnvironment({ PATH: process.env['PATH'] ?? '', DATABASE_URL: databaseUrl, HOLDFAST_HOME: home }),
      cwd: settings.root,
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  )
  let output = ''
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (chunk) => (output = (output + String(chunk)).slice(-8_000)))
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  const deadline = Date.now() + 60_000
  while (!output.includes('worker ready')) {
    if (child.exitCode !== null || Date.now() > deadline) throw new Error(`The worker did not start:\n${output}`)
    await delay(50)
  }
  return { child, exited, output: () => output }
}
