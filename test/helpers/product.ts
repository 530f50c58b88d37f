import { type ChildProcess, spawn } from 'node:child_process'
import { mkdir, rm } from 'node:fs/promises'
import path from 'node:path'
import { build, type Plugin } from 'esbuild'
import type { Job } from '@/lib/contracts/job'
import { createSourceSchema } from '@/lib/contracts/source'
import { createDestinationSchema } from '@/lib/contracts/destination'
import { isTerminal } from '@/lib/core/job/transition'
import type { SourceSpec } from '@/lib/ports/source-spec'
import type { DestinationSpec } from '@/lib/ports/storage'
import type { ServiceContext } from '@/lib/services/context'
import { createDestination } from '@/lib/services/destination/create-destination'
import { getJob } from '@/lib/services/job/get-job'
import { createSource } from '@/lib/services/source/create-source'
import { buildContext } from '@/worker/build-context'
import { freshCatalog } from './catalog/catalog'
import { makeTestLogger } from './run-context'
import { tempDir } from './temp'
import { waitFor } from './wait-for'

const root = path.resolve(import.meta.dirname, '../..')

export interface WorkerProcess {
  pid: number
  /** Everything it wrote so far. */
  output(): string
  kill(signal: NodeJS.Signals): void
  /** SIGTERM, then waits for the end and answers the exit code. */
  stop(): Promise<number | null>
  exited: Promise<number | null>
}

export interface Product {
  ctx: ServiceContext
  url: string
  home: string
  startWorker(env?: Record<string, string>): Promise<WorkerProcess>
  /** Waits until the job has ended. */
  finished(jobId: string, withinMs?: number): Promise<Job>
  /** Waits until the job's progress satisfies the test. */
  running(jobId: string, test?: (job: Job) => boolean): Promise<Job>
  addSource(spec: SourceSpec, options?: Record<string, unknown>): Promise<string>
  addDestination(spec: DestinationSpec, name?: string): Promise<string>
  addLocalDestination(name?: string): Promise<{ id: string; folder: string }>
  close(): Promise<void>
}

/** The product without its web: a fresh catalog, an administrator's context, and worker processes as asked for. */
export async function startProduct(
  options: {
    firstStart?: boolean
    /** A module that workers take their tasks from instead of worker/tasks; below the repository's root. */
    tasks?: string
    /** A migrated catalog and the home that belongs to it, instead of new ones. Closing the product leaves them. */
    instance?: { databaseUrl: string; home: string }
  } = {},
): Promise<Product> {
  const { databaseUrl, home, remove } = options.instance
    ? { ...options.instance, remove: () => Promise.resolve() }
    : await newInstance()
  const bundle = path.join(root, 'dist', `test-worker-${process.pid}.mjs`)
  await build({
    entryPoints: [path.join(root, 'worker/main.ts')],
    outfile: bundle,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node24',
    packages: 'external',
    absWorkingDir: root,
    logLevel: 'error',
    plugins: options.tasks === undefined ? [] : [otherTasks(path.join(root, options.tasks))],
  })
  const { ctx, close } = await buildContext({
    actor: { type: 'cli', user: 'test', role: 'admin' },
    logger: makeTestLogger(),
    home,
    databaseUrl,
  })
  // Without this the worker would add the catalog as a source and back it up at once.
  if (!options.firstStart && !options.instance) await ctx.db.setting.create({ data: { key: 'first-start', value: {} } })
  // A worker adds them, as on the first start: that is not announced, so a test's channels get only what the test is about.
  const silent: ServiceContext = { ...ctx, actor: { type: 'worker', id: 'test', role: 'admin' } }
  const workers: WorkerProcess[] = []
  let names = 0

  return {
    ctx,
    url: databaseUrl,
    home,
    async startWorker(env = {}) {
      const worker = await startWorker(bundle, {
        PATH: process.env['PATH'] ?? '',
        DATABASE_URL: databaseUrl,
        HOLDFAST_HOME: home,
        HOLDFAST_RETRY_DELAY_SECONDS: '1',
        HOLDFAST_GRACE_SECONDS: '1',
        ...env,
      })
      workers.push(worker)
      return worker
    },
    finished: (jobId, withinMs = 55_000) =>
      waitFor(
        `the end of job ${jobId}`,
        async () => {
          const job = await getJob({ ctx, input: { id: jobId } })
          return isTerminal(job.state) ? job : null
        },
        withinMs,
      ),
    running: (jobId, test = () => true) =>
      waitFor(`job ${jobId} to run`, async () => {
        const job = await getJob({ ctx, input: { id: jobId } })
        if (isTerminal(job.state)) throw new Error(`The job ended too soon: ${job.state} ${job.error?.message ?? ''}`)
        return job.state === 'running' && test(job) ? job : null
      }),
    async addSource(spec, options = {}) {
      const connection = { ...spec.connection, ...spec.secrets }
      const input = createSourceSchema.parse({ name: `source ${++names}`, engine: 'postgres', connection, options })
      return (await createSource({ ctx, input })).id
    },
    async addDestination(spec, name = `destination ${++names}`) {
      const input = createDestinationSchema.parse({
        name,
        kind: spec.kind,
        config: { ...spec.config, ...spec.secrets },
      })
      return (await createDestination({ ctx: silent, input })).id
    },
    async addLocalDestination(givenName) {
      const number = ++names
      const name = givenName ?? `folder ${number}`
      const folder = path.join(home, 'backups', `store-${number}`)
      await mkdir(folder, { recursive: true, mode: 0o700 })
      const input = createDestinationSchema.parse({ name, kind: 'local', config: { path: folder } })
      return { id: (await createDestination({ ctx: silent, input })).id, folder }
    },
    async close() {
      for (const worker of workers) worker.kill('SIGCONT')
      await Promise.all(workers.map((worker) => worker.stop()))
      await close()
      await remove()
      await rm(bundle, { force: true })
    },
  }
}

async function newInstance() {
  const catalog = await freshCatalog()
  const home = await tempDir('home')
  return {
    databaseUrl: catalog.url,
    home: home.path,
    async remove() {
      await catalog.drop()
      await home.remove()
    },
  }
}

function otherTasks(file: string): Plugin {
  return {
    name: 'other-tasks',
    setup: ({ onResolve }) => onResolve({ filter: /^\.\/tasks$/ }, () => ({ path: file })),
  }
}

async function startWorker(bundle: string, env: Record<string, string>): Promise<WorkerProcess> {
  const child: ChildProcess = spawn(process.execPath, [bundle], {
    env: { NODE_ENV: 'production', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => (output += String(chunk)))
  const exited = new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code)))
  await waitFor(
    'the worker to be ready',
    () => {
      if (child.exitCode !== null) throw new Error(`The worker ended at once:\n${output}`)
      return output.includes('worker ready')
    },
    120_000,
  )
  return {
    pid: child.pid ?? 0,
    output: () => output,
    kill: (signal) => void child.kill(signal),
    async stop() {
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM')
      return exited
    },
    exited,
  }
}
