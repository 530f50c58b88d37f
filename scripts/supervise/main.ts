import { Socket } from 'node:net'
import path from 'node:path'
import { refuseShortToken } from '@/lib/core/access/refuse-short-token'
import { announce } from './announce'
import type { Child } from './child'
import { prepareHome } from './home'
import { keepRunning } from './keep-running'
import type { KeptRunning } from './keep-running'
import { endLeftovers, rememberChildren } from './leftovers'
import { takeLock } from './lock'
import { openLogFile } from './log-file'
import { openCatalog } from './open-catalog'
import type { SuperviseOptions } from './options'
import { ensureSetupCode } from './setup-code'
import { startPostgres } from './postgres/start-postgres'
import { childEnvironment, embeddedBinForSandboxes, startWeb, startWorker, workerEnvironment } from './programs'
import type { EmbeddedUrls } from './programs'

const WEB_GRACE_MS = 5_000
const WORKER_GRACE_MS = 20_000
const POSTGRES_GRACE_MS = 30_000

/** Runs catalog, web and worker until told to stop; then ends them in order and returns by ending the process. */
export async function supervise(given: SuperviseOptions): Promise<void> {
  const options = { ...given, warn: withoutRepeats(given.warn) }
  const knownToken = process.env.HOLDFAST_API_TOKEN
  if (knownToken) refuseShortToken('HOLDFAST_API_TOKEN', knownToken)
  prepareHome(options.home)
  const lock = takeLock(options.home)
  const stop = stopSignal()
  const running: Running = { web: null, worker: null, postgres: null }
  let failure: unknown = null
  try {
    await endLeftovers(options.home, options.say)
    await start(options, running, stop)
    await aborted(stop)
    options.say('Stopping')
  } catch (error) {
    failure = error
  }
  await shutDown(running)
  lock.release()
  if (failure && !stop.aborted) throw failure
  process.exit(process.exitCode ?? 0)
}

interface Running {
  web: KeptRunning | null
  worker: KeptRunning | null
  postgres: KeptRunning | null
}

async function start(options: SuperviseOptions, running: Running, stop: AbortSignal): Promise<void> {
  const logs = (name: string) => openLogFile(path.join(options.home, 'logs', `${name}.log`))
  let url = process.env.DATABASE_URL ?? ''
  let serverBin: string | null = null
  let embedded: EmbeddedUrls | null = null
  if (!url) {
    const server = await startPostgres(options, logs('postgres'))
    let first: Child | null = server.child
    const run = (): Child => {
      const child = first ?? server.again()
      first = null
      return child
    }
    running.postgres = keepRunning("catalog's server", run, options.warn)
    url = server.url
    embedded = server
    serverBin = embeddedBinForSandboxes(server.bin)
  }
  await openCatalog(url, options)
  if (stop.aborted) return
  const env = childEnvironment(options, url, serverBin)
  await ensureSetupCode(options.home, url)
  const remember = (child: Child): Child => {
    queueMicrotask(() =>
      rememberChildren(options.home, [running.web?.pid() ?? 0, running.worker?.pid() ?? 0, child.pid]),
    )
    return child
  }
  const [webLog, workerLog] = [logs('web'), logs('worker')]
  let workerReady = false
  const workerEnv = workerEnvironment(env, embedded)
  const worker = () => startWorker(options, workerEnv, workerLog, () => (workerReady = true))
  running.web = keepRunning('web', () => remember(startWeb(options, env, webLog)), options.warn)
  running.worker = keepRunning('worker', () => remember(worker()), options.warn)
  await announce(options, url, () => workerReady, stop)
}

/** A lost catalog makes each of many connections complain: the console gets a line once in ten seconds. */
function withoutRepeats(warn: (line: string) => void): (line: string) => void {
  const saidAt = new Map<string, number>()
  return (line) => {
    const now = Date.now()
    for (const [said, at] of saidAt) if (now - at > 10_000) saidAt.delete(said)
    if (!saidAt.has(line)) warn(line)
    saidAt.set(line, saidAt.get(line) ?? now)
  }
}

/** Web first, so that nothing new is asked for; then the worker, which hands back its jobs; its catalog last. */
async function shutDown(running: Running): Promise<void> {
  await running.web?.stop('SIGTERM', WEB_GRACE_MS)
  await running.worker?.stop('SIGTERM', WORKER_GRACE_MS)
  await running.postgres?.stop('SIGINT', POSTGRES_GRACE_MS)
}

/** Aborts on Ctrl-C, SIGTERM, a closed terminal, or when the process that started us on a newer Node is gone. */
function stopSignal(): AbortSignal {
  const controller = new AbortController()
  const stop = () => controller.abort()
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, stop)
  const fd = Number(process.env.HOLDFAST_PARENT_FD)
  if (fd > 2) {
    const parent = new Socket({ fd, readable: true, writable: false })
    parent.on('end', stop).on('error', stop).resume()
    parent.unref()
  }
  return controller.signal
}

async function aborted(signal: AbortSignal): Promise<void> {
  // An interval keeps the process alive even with nothing else to wait for.
  const keepAlive = setInterval(() => undefined, 60_000)
  await new Promise<void>((resolve) => {
    if (signal.aborted) return resolve()
    signal.addEventListener('abort', () => resolve(), { once: true })
  })
  clearInterval(keepAlive)
}
