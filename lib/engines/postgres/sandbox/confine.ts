import { totalmem } from 'node:os'
import type { CommandSpec } from '@/lib/ports/process'
import type { RunContext } from '@/lib/ports/run-context'
import { findTool } from '@/lib/process/find-tool'
import { runCommand } from '@/lib/process/run-command'
import type { UnprivilegedUser } from './drop-user'

const gib = 1024 ** 3

/** What a sandbox may not do on this machine; kept with the evidence. */
export interface SandboxLimits {
  /** `none`: its own empty network, so that nothing restored reaches anywhere; `listens on no address`: only that. */
  network: 'none' | 'listens on no address'
  /** Address space of each of the server's processes, in bytes; null where it cannot be limited. */
  memoryBytes: number | null
  user: string
}

export interface Confinement {
  limits: SandboxLimits
  /** How the server is started under these limits. */
  command(file: string, args: string[]): Pick<CommandSpec, 'file' | 'args' | 'uid' | 'gid'>
}

/** Half of the machine, so that a runaway function meets an error and not the kernel's out-of-memory killer. */
function memoryLimit(): number {
  return Math.min(8 * gib, Math.max(2 * gib, Math.floor(totalmem() / 2)))
}

/**
 * A restored database is not trusted: a foreign table, a view or an index may hold code that calls out. The network is
 * taken away with a namespace where the system permits it, which root may always and others on most systems.
 */
export async function confineServer(
  user: UnprivilegedUser | null,
  run: RunContext,
  memoryBytes = memoryLimit(),
): Promise<Confinement> {
  const network = await networkPrefix(user, run)
  const memory = await memoryPrefix(memoryBytes, run)
  return {
    limits: {
      network: network ? 'none' : 'listens on no address',
      memoryBytes: memory ? memoryBytes : null,
      user: user?.name ?? 'the user of the worker',
    },
    command(file, args) {
      const [program = file, ...rest] = [...(network ?? []), ...(memory ?? []), file, ...args]
      // With a namespace of its own the change of user comes after it, as root alone may make one everywhere.
      const dropped = user && !network ? { uid: user.uid, gid: user.gid } : {}
      return { file: program, args: rest, ...dropped }
    },
  }
}

/** Each program replaces itself by the next, so the process id stays the server's. Null where it is not permitted. */
async function networkPrefix(user: UnprivilegedUser | null, run: RunContext): Promise<string[] | null> {
  const unshare = findTool('unshare')
  const setpriv = findTool('setpriv')
  if (!unshare || !setpriv) return null
  const own = user ? ['--net'] : ['--user', '--map-current-user', '--net']
  const drop = user ? ['--reuid', String(user.uid), '--regid', String(user.gid), '--clear-groups'] : []
  // The death signal is forgotten when the user or the namespace changes, so it is asked for once more.
  const prefix = [unshare, ...own, '--', setpriv, ...drop, '--pdeathsig', 'KILL', '--']
  return (await works(prefix, run)) ? prefix : null
}

async function memoryPrefix(bytes: number, run: RunContext): Promise<string[] | null> {
  const prlimit = findTool('prlimit')
  const prefix = prlimit ? [prlimit, `--as=${bytes}`, '--'] : []
  return prlimit && (await works(prefix, run)) ? prefix : null
}

const tried = new Map<string, boolean>()

/** Permission and the tool's own options differ from system to system: it is tried, once. */
async function works(prefix: string[], run: RunContext): Promise<boolean> {
  const key = prefix.join(' ')
  const known = tried.get(key)
  if (known !== undefined) return known
  const [file = '', ...args] = prefix
  const trial = runCommand({ file, args: [...args, '/bin/true'], cwd: '/' }, run)
  trial.stdout.resume()
  const result = await trial.exited.then(
    () => true,
    () => false,
  )
  run.signal.throwIfAborted()
  tried.set(key, result)
  return result
}
