import { chmod, chown, mkdir, mkdtemp, rm, statfs } from 'node:fs/promises'
import { join } from 'node:path'
import { HoldfastError } from '@/lib/core/holdfast-error'
import { sourceOptionsSchema } from '@/lib/contracts/source'
import type { SourceSpec } from '@/lib/ports/engine'
import type { RunContext } from '@/lib/ports/run-context'
import type { RunningCommand } from '@/lib/ports/process'
import { runCommand } from '@/lib/process/run-command'
import { findServer, type Installation } from '../find-client'
import { confineServer, type Confinement, type SandboxLimits } from './confine'
import { dropUser, type UnprivilegedUser } from './drop-user'
import { sandboxPrefix, socketPrefix, usableFolder } from './folders'
import { writeMarker } from './marker'
import { stopServer } from './stop'
import { waitUntilReady } from './wait-until-ready'

/** Not `postgres`: the roles of the source are created in the sandbox, and that one is nearly always among them. */
export const sandboxUser = 'holdfast_sandbox'
const port = 5432

export interface Sandbox {
  /** How to connect; the database is `postgres` until the restore makes its own. */
  source: SourceSpec
  version: string
  /** Tools that work on the sandbox run as this user too: what is restored is not trusted. */
  user: UnprivilegedUser | null
  limits: SandboxLimits
  /** Stops the server and removes every trace. */
  stop(): Promise<void>
}

export interface SandboxPlan {
  root: string
  serverMajor: number
  /** Expected size of the data, for the check of free space. */
  needBytes: number
  /** Tables and other relations, for the size of the lock table. */
  relationCount: number
  /** Address space of each of its processes; half of the machine's memory when absent. */
  memoryBytes?: number
}

/** A throw-away server of the given major version: own folder, Unix socket only, nothing kept. */
export async function startSandbox(plan: SandboxPlan, run: RunContext): Promise<Sandbox> {
  const server = await findServer(plan.serverMajor)
  const user = dropUser()
  const parent = await usableFolder(plan.root, user)
  await checkSpace(parent, plan.needBytes)
  const folder = await mkdtemp(join(parent, sandboxPrefix))
  // A socket's whole path must be below 108 bytes, which a deep data folder would exceed.
  const sockets = await mkdtemp(join('/tmp', socketPrefix))
  let postgres: RunningCommand | null = null
  const stop = async () => {
    if (postgres) await stopServer(postgres)
    await rm(folder, { recursive: true, force: true })
    await rm(sockets, { recursive: true, force: true })
  }
  try {
    await writeMarker(folder, sockets, run.clock.now())
    const data = join(folder, 'data')
    await mkdir(data, { mode: 0o700 })
    for (const path of [folder, data, sockets]) await give(path, user)
    await initialize(server, data, user, run)
    const confinement = await confineServer(user, run, plan.memoryBytes)
    run.logger.info('starting the sandbox', { ...confinement.limits })
    postgres = startServer(server, data, sockets, plan, confinement, run)
    const source = sandboxSource(sockets)
    await waitUntilReady(source, postgres, run)
    return { source, version: server.version, user, limits: confinement.limits, stop }
  } catch (error) {
    await stop()
    run.signal.throwIfAborted()
    if (!(error instanceof HoldfastError) || error.code !== 'command-failed') throw error
    throw new HoldfastError('sandbox-unavailable', `The sandbox server could not be started: ${error.message}`, {
      remedy: 'Its last messages are in the details.',
      facts: error.facts,
      cause: error,
    })
  }
}

async function checkSpace(folder: string, needBytes: number): Promise<void> {
  const { bavail, bsize } = await statfs(folder)
  const freeBytes = bavail * bsize
  if (freeBytes >= needBytes) return
  const gb = (bytes: number) => `${(bytes / 1e9).toFixed(1)} GB`
  throw new HoldfastError(
    'sandbox-unavailable',
    `A restore test needs about ${gb(needBytes)} in ${folder}, and ${gb(freeBytes)} are free.`,
    {
      remedy: 'Free some space, or move the data folder of Holdfast to a larger disk.',
      facts: { needBytes, freeBytes },
    },
  )
}

async function give(path: string, user: UnprivilegedUser | null): Promise<void> {
  await chmod(path, 0o700)
  if (user) await chown(path, user.uid, user.gid)
}

const as = (user: UnprivilegedUser | null) => (user ? { uid: user.uid, gid: user.gid } : {})

async function initialize(server: Installation, data: string, user: UnprivilegedUser | null, run: RunContext) {
  const initdb = runCommand(
    {
      file: join(server.folder, 'initdb'),
      args: [
        '-D',
        data,
        '-U',
        sandboxUser,
        '--auth=trust',
        '--encoding=UTF8',
        '--locale=C',
        '--no-sync',
        '--no-instructions',
      ],
      cwd: data,
      env: { LC_ALL: 'C' },
      ...as(user),
    },
    run,
  )
  initdb.stdout.resume()
  await initdb.exited
}

function startServer(
  server: Installation,
  data: string,
  sockets: string,
  plan: SandboxPlan,
  confinement: Confinement,
  run: RunContext,
): RunningCommand {
  const settings: Record<string, string | number> = {
    listen_addresses: '',
    unix_socket_directories: sockets,
    port,
    max_connections: 16,
    // pg_dump and pg_restore lock every relation once; the lock table holds this number times the connections.
    max_locks_per_transaction: Math.max(256, Math.ceil((plan.relationCount * 2) / 16)),
    shared_buffers: '96MB',
    maintenance_work_mem: '128MB',
    work_mem: '16MB',
    // Compiling costs memory and time that the few large questions of a restore test do not give back.
    jit: 'off',
    fsync: 'off',
    full_page_writes: 'off',
    synchronous_commit: 'off',
    wal_level: 'minimal',
    max_wal_senders: 0,
    max_wal_size: '1GB',
    archive_mode: 'off',
    autovacuum: 'off',
    max_logical_replication_workers: 0,
    logging_collector: 'off',
    log_statement: 'none',
    log_min_messages: 'fatal',
    // What is restored must not run by itself.
    ...(plan.serverMajor >= 17 ? { event_triggers: 'off' } : {}),
  }
  const postgres = runCommand(
    {
      ...confinement.command(join(server.folder, 'postgres'), [
        '-D',
        data,
        ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
      ]),
      cwd: data,
      env: { LC_ALL: 'C' },
    },
    run,
  )
  postgres.stdout.resume()
  return postgres
}

function sandboxSource(sockets: string): SourceSpec {
  return {
    id: 'sandbox',
    name: 'sandbox',
    engine: 'postgres',
    connection: { host: sockets, port, database: 'postgres', user: sandboxUser, ssl: 'disable' },
    secret: null,
    options: sourceOptionsSchema.parse({}),
  }
}
