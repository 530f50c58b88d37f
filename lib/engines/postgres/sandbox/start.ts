import { chown } from 'node:fs/promises'
import { join } from 'node:path'
import { HoldfastError } from '@/lib/core/holdfast-error'
import { postgresOptionsSchema } from '@/lib/contracts/engines/postgres'
import type { RunContext } from '@/lib/ports/run-context'
import type { SandboxOrder } from '@/lib/ports/sandbox'
import type { SourceSpec } from '@/lib/ports/source-spec'
import { runCommand } from '@/lib/process/run-command'
import type { UnprivilegedUser } from '@/lib/sandbox/drop-user'
import { openSandbox, type Sandbox } from '@/lib/sandbox/open-sandbox'
import { findServer, type Installation } from '@/lib/engines/postgres/connect/find-client'
import { startServer, type ServerPlan } from './start-server'
import { waitUntilReady } from './wait-until-ready'

/** Not `postgres`: the roles of the source are created in the sandbox, and that one is nearly always among them. */
export const sandboxUser = 'holdfast_sandbox'
const port = 5432

export interface SandboxServer extends Pick<Sandbox, 'confinement' | 'sockets' | 'work' | 'filled' | 'stop'> {
  /** How to connect; the database is `postgres` until the restore makes its own. */
  source: SourceSpec
  version: string
}

export interface SandboxPlan extends SandboxOrder, ServerPlan {
  /** Expected size of the data, for the check of free space. */
  needBytes: number
  /** Folders with client programs that will work on it. */
  programs?: string[]
  /** Address space of each of its processes; half of the machine's memory when absent. */
  memoryBytes?: number
}

/** A throw-away server of the given major version: own user, own folder, Unix socket only, nothing kept. */
export async function startSandbox(plan: SandboxPlan, run: RunContext): Promise<SandboxServer> {
  const server = await findServer(plan.serverMajor)
  let sandbox: Sandbox | null = null
  try {
    sandbox = await openSandbox(
      {
        ...plan,
        programs: [server.folder, ...(plan.programs ?? [])],
        preparers: ['postgres'],
        prepare: (data, user) => initialize(server, data, user, run),
      },
      run,
    )
    const { data, sockets, confinement } = sandbox
    const postgres = startServer({ server, data, sockets, port, plan, confinement }, run)
    sandbox.onStop(() => postgres.terminate(0))
    await sandbox.watch(postgres.pid, () => postgres.terminate(0))
    const source = sandboxSource(sockets)
    await waitUntilReady(source, postgres, run)
    const { work, filled, stop } = sandbox
    return { source, version: server.version, confinement, sockets, work, filled, stop }
  } catch (error) {
    await sandbox?.stop()
    run.signal.throwIfAborted()
    if (!(error instanceof HoldfastError) || error.code !== 'command-failed') throw error
    throw new HoldfastError('sandbox-unavailable', `The sandbox server could not be started: ${error.message}`, {
      remedy: 'Its last messages are in the details.',
      facts: error.facts,
      cause: error,
    })
  }
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
