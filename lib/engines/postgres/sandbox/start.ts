import { chmod, chown, mkdir, mkdtemp, rm, statfs } from 'node:fs/promises'
import { join } from 'node:path'
import { HoldfastError } from '@/lib/core/holdfast-error'
import { postgresOptionsSchema } from '@/lib/contracts/engines/postgres'
import type { SourceSpec } from '@/lib/ports/engine'
import type { RunContext } from '@/lib/ports/run-context'
import type { Confinement, KeepOut } from '@/lib/ports/sandbox'
import { runCommand } from '@/lib/process/run-command'
import { dropUser, type UnprivilegedUser } from '@/lib/sandbox/drop-user'
import { sandboxPrefix, socketPrefix, usableFolder } from '@/lib/sandbox/folders'
import { memoryLimit } from '@/lib/sandbox/limit-prefix'
import { writeMarker } from '@/lib/sandbox/marker'
import { openConfinement } from '@/lib/sandbox/open-confinement'
import { watchDisk } from '@/lib/sandbox/watch-disk'
import { findServer, type Installation } from '@/lib/engines/postgres/connect/find-client'
import type { Settings } from '@/lib/engines/postgres/connect/session-settings'
import { startServer } from './start-server'
import { waitUntilReady } from './wait-until-ready'

/** Not `postgres`: the roles of the source are created in the sandbox, and that one is nearly always among them. */
export const sandboxUser = 'holdfast_sandbox'
const port = 5432

const gib = 1024 ** 3
const processes = 256
const openFiles = 4_096

export interface Sandbox {
  /** How to connect; the database is `postgres` until the restore makes its own. */
  source: SourceSpec
  version: string
  /** Tools that work on the sandbox run so too: what is restored is not trusted. */
  confinement: Confinement
  /** Folders that every tool needs to see: the server's socket. */
  sockets: string
  /** A folder for what the tools are given; `confinement.give` makes it readable for them. */
  work: string
  /** Set once it was ended because it filled its share of the disk: whatever failed then, failed by that. */
  filled(): HoldfastError | null
  /** Ends everything in it and removes every trace. */
  stop(): Promise<void>
}

export interface SandboxPlan {
  root: string
  serverMajor: number
  /** Expected size of the data, for the check of free space. */
  needBytes: number
  /** Tables and other relations, for the size of the lock table. */
  relationCount: number
  keepOut: KeepOut
  /** Libraries that the server loads at its start, as settings. */
  preload?: (server: Installation) => Settings
  /** Folders with client programs that will work on it. */
  programs?: string[]
  /** Address space of each of its processes; half of the machine's memory when absent. */
  memoryBytes?: number
  /** Most it may have on the disk; twice what is expected and room for the log when absent. */
  diskBytes?: number
  /** An administrator accepts that restored code may run on this machine without being kept apart. */
  acceptUnconfined?: boolean
}

/** A throw-away server of the given major version: own user, own folder, Unix socket only, nothing kept. */
export async function startSandbox(plan: SandboxPlan, run: RunContext): Promise<Sandbox> {
  const server = await findServer(plan.serverMajor)
  const maker = dropUser()
  const parent = await usableFolder(plan.root, maker)
  await checkSpace(parent, plan.needBytes)
  const folder = await mkdtemp(join(parent, sandboxPrefix))
  // A socket's whole path must be below 108 bytes, which a deep data folder would exceed.
  const socketFolder = await mkdtemp(join('/tmp', socketPrefix))
  const [data, work, sockets] = [join(folder, 'data'), join(folder, 'work'), join(socketFolder, 's')]
  const undo: (() => Promise<void>)[] = [
    () => rm(folder, { recursive: true, force: true }),
    () => rm(socketFolder, { recursive: true, force: true }),
  ]
  const stop = async () => {
    for (const step of undo.splice(0).reverse()) await step()
  }
  try {
    await writeMarker(folder, { socketFolder }, run.clock.now())
    // The passage for the sandbox's user, which is not ours; what is in there is its own or nobody else's.
    await chmod(folder, 0o711)
    await chmod(socketFolder, maker ? 0o711 : 0o700)
    for (const path of [data, sockets]) await mkdir(path, { mode: 0o700 })
    await mkdir(work)
    await chmod(work, 0o711)
    const initialized = initialize(server, data, maker, run)
    const ended = initialized.catch(() => undefined)
    undo.push(() => ended)
    const confinement = await openConfinement(
      {
        folder,
        programs: [server.folder, ...(plan.programs ?? [])],
        limits: {
          memoryBytes: plan.memoryBytes ?? memoryLimit(),
          processes,
          openFiles,
          diskBytes: plan.diskBytes ?? plan.needBytes * 2 + 2 * gib,
        },
        keepOut: plan.keepOut,
      },
      run,
    )
    undo.push(() => confinement.end([data, work, sockets]))
    // Until it has ended, its folder cannot be removed.
    await initialized
    requireConfinement(confinement, plan.acceptUnconfined ?? false)
    // A subordinate user's folder is closed to the worker, which is another user to the kernel; the one above is private.
    const isSubordinate = confinement.user.kind === 'sub'
    if (isSubordinate) await chmod(sockets, 0o777)
    await confinement.give(data, ...(isSubordinate ? [] : [sockets]))
    run.logger.info('starting the sandbox', { ...confinement.report })
    const postgres = startServer({ server, data, sockets, port, plan, confinement }, run)
    undo.push(() => postgres.terminate(0))
    const { user } = confinement
    await writeMarker(folder, { socketFolder, identity: user, serverPid: postgres.pid }, run.clock.now())
    const watch = watchDisk(confinement, [data, join(folder, 'tmp')], () => postgres.terminate(0), run)
    undo.push(() => watch.stop())
    const source = sandboxSource(sockets)
    await waitUntilReady(source, postgres, run)
    return { source, version: server.version, confinement, sockets, work, filled: watch.filled, stop }
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

/** The least that a verdict may rest on. Nothing was restored yet. */
function requireConfinement({ report }: Confinement, accepted: boolean): void {
  if (report.grade !== 'none' || accepted) return
  throw new HoldfastError(
    'sandbox-unconfined',
    `Code in the backup could reach this machine, so nothing was restored: ${report.reasons.join('; ')}.`,
    {
      remedy:
        process.getuid?.() === 0
          ? 'Install bubblewrap (Debian or Ubuntu: apt-get install bubblewrap), and give the container what deploy/docker asks for.'
          : 'Install bubblewrap (Debian or Ubuntu: sudo apt-get install bubblewrap) and permit user namespaces. Or let an administrator accept it for this source.',
      facts: { confinement: report },
    },
  )
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

/** Nothing of a backup is near yet. initdb wants a user with a name, which the sandbox's need not have. */
async function initialize(server: Installation, data: string, user: UnprivilegedUser | null, run: RunContext) {
  if (user) await chown(data, user.uid, user.gid)
  const initdb = runCommand(
    {
      file: join(server.folder, 'initdb'),
      args: [
        ...['-D', data, '-U', sandboxUser, '--auth=trust', '--encoding=UTF8', '--locale=C'],
        ...['--no-sync', '--no-instructions'],
      ],
      cwd: data,
      env: { LC_ALL: 'C' },
      ...(user ? { uid: user.uid, gid: user.gid } : {}),
    },
    run,
  )
  initdb.stdout.resume()
  await initdb.exited
}

function sandboxSource(sockets: string): SourceSpec {
  return {
    id: 'sandbox',
    name: 'sandbox',
    engine: 'postgres',
    connection: { host: sockets, port, database: 'postgres', user: sandboxUser, ssl: 'disable' },
    secrets: {},
    options: postgresOptionsSchema.parse({}),
  }
}
