import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { Writable } from 'node:stream'
import type { LogFile } from './log-file'
import type { ServerUser } from './server-user'

const SETPRIV = '/usr/bin/setpriv'

export interface ChildSpec {
  name: string
  file: string
  args: string[]
  env: Record<string, string>
  /** Handed over by a pipe (fd 4) instead of the environment; for programs that preload watch-parent.ts. */
  secrets?: Record<string, string>
  cwd: string
  log: LogFile
  onLine?: (line: string, source: 'stdout' | 'stderr') => void
  user?: ServerUser | null
  /** The kernel sends this when we die, for programs that cannot watch us themselves (Linux with setpriv). */
  deathSignal?: 'INT' | 'TERM'
}

export interface Child {
  readonly name: string
  readonly pid: number
  /** How it ended; null while it runs. */
  readonly ended: string | null
  readonly exit: Promise<string>
  /** Sends the signal, and SIGKILL after the time; resolves when it is gone. */
  stop(signal: NodeJS.Signals, graceMs: number): Promise<void>
}

/**
 * Starts a child in its own process group, so that a Ctrl-C reaches us alone and we choose the order. Its fd 3 is a pipe
 * that closes when we die: see watch-parent.ts.
 */
export function startChild(spec: ChildSpec): Child {
  const { file, args, identity } = command(spec)
  const child = spawn(file, args, {
    cwd: spec.cwd,
    env: {
      ...spec.env,
      ...(spec.secrets ? { HOLDFAST_SECRETS_FD: '4' } : {}),
      NODE_ENV: spec.env.NODE_ENV === 'development' ? 'development' : 'production',
    },
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe', 'pipe', spec.secrets ? 'pipe' : 'ignore'],
    ...identity,
  })
  handOver(child.stdio[4], spec.secrets)
  if (child.stdout) spec.log.follow(child.stdout, (line) => spec.onLine?.(line, 'stdout'))
  if (child.stderr) spec.log.follow(child.stderr, (line) => spec.onLine?.(line, 'stderr'))
  let ended: string | null = null
  const exit = new Promise<string>((resolve) => {
    const settle = (how: string) => {
      ended ??= how
      resolve(ended)
    }
    child.once('error', (error) => settle(error.message))
    child.once('exit', (code, signal) => settle(signal ?? `code ${code}`))
  })
  return {
    name: spec.name,
    pid: child.pid ?? 0,
    get ended() {
      return ended
    },
    exit,
    async stop(signal, graceMs) {
      if (ended !== null) return
      child.kill(signal)
      const timer = setTimeout(() => child.kill('SIGKILL'), graceMs)
      await exit
      clearTimeout(timer)
    },
  }
}

function handOver(pipe: unknown, secrets: Record<string, string> | undefined): void {
  if (!secrets || !(pipe instanceof Writable)) return
  // A child that did not start does not read: its exit shows that.
  pipe.on('error', () => undefined)
  pipe.end(JSON.stringify(secrets))
}

/** A core dump holds every secret that its process ever read, so no child process makes one. */
const noCoreDumps = ['-c', 'ulimit -c 0; exec "$@"', 'sh']

function command(spec: ChildSpec): { file: string; args: string[]; identity: { uid?: number; gid?: number } } {
  const { file, args, identity } = withDeathSignal(spec)
  return { file: '/bin/sh', args: [...noCoreDumps, file, ...args], identity }
}

function withDeathSignal(spec: ChildSpec): { file: string; args: string[]; identity: { uid?: number; gid?: number } } {
  const ids = spec.user ? { uid: spec.user.uid, gid: spec.user.gid } : {}
  if (!spec.deathSignal || !existsSync(SETPRIV)) return { file: spec.file, args: spec.args, identity: ids }
  // The change of user clears a death signal, so setpriv has to make both, in its order.
  const identity = spec.user ? [`--reuid=${spec.user.uid}`, `--regid=${spec.user.gid}`, '--clear-groups'] : []
  return {
    file: SETPRIV,
    args: [`--pdeathsig=${spec.deathSignal}`, ...identity, '--', spec.file, ...spec.args],
    identity: {},
  }
}
