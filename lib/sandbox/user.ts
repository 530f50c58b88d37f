import { readdirSync, readFileSync } from 'node:fs'
import { createServer, type Server } from 'node:net'
import { userInfo } from 'node:os'
import { HoldfastError } from '@/lib/core/holdfast-error'
import { findTool } from '@/lib/process/find-tool'

/**
 * Whom restored code runs as. `own`: a user that exists for one sandbox only, which root may take. `sub`: one of the
 * subordinate users of the worker's, inside a user namespace. `shared`: the worker's own.
 */
export interface SandboxUser {
  kind: 'own' | 'sub' | 'shared'
  /** Of a `sub`, as its namespace counts; absent for `shared`. */
  uid?: number | undefined
}

export interface ClaimedUser extends SandboxUser {
  release(): void
}

export const sharedUser: ClaimedUser = { kind: 'shared', release: () => undefined }

/** Users without a name, which systemd gives to services for as long as they run (systemd.exec, DynamicUser). */
const dynamic = { first: 61_184, last: 65_519 }
/** Inside a namespace: the first are the system's own by custom. */
const subordinate = { first: 1_000, last: 60_000 }
const attempts = 200

/** A user that nobody has and no process runs as, for as long as it is not released or this process lives. */
export async function claimUser(): Promise<ClaimedUser> {
  if (process.getuid?.() === 0) return claim('own', dynamic, isTaken)
  return hasSubordinateUsers() ? claim('sub', subordinate, () => false) : sharedUser
}

async function claim(
  kind: 'own' | 'sub',
  range: { first: number; last: number },
  taken: (uid: number) => boolean,
): Promise<ClaimedUser> {
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    const uid = range.first + Math.floor(Math.random() * (range.last - range.first))
    const lock = await lockName(lockOf(kind, uid))
    if (!lock) continue
    if (!taken(uid)) return { kind, uid, release: () => void lock.close() }
    lock.close()
  }
  throw new HoldfastError('sandbox-unavailable', 'No user could be found for the sandbox.', {
    remedy: 'Look for sandboxes that were left behind, and restart the worker.',
  })
}

/**
 * The same user again, for clearing away a sandbox whose owner died. Null when it is not one that we give, or when a
 * sandbox that lives has it by now.
 */
export async function claimAgain({ kind, uid }: SandboxUser): Promise<ClaimedUser | null> {
  if (uid === undefined || !isSandboxUser({ kind, uid })) return null
  const lock = await lockName(lockOf(kind, uid))
  return lock && { kind, uid, release: () => void lock.close() }
}

/** Whether it is one of those that sandboxes get: no other may lose its processes. */
export function isSandboxUser({ kind, uid }: SandboxUser): boolean {
  const range = { own: dynamic, sub: subordinate, shared: null }[kind]
  if (!range || uid === undefined || (kind === 'own') !== (process.getuid?.() === 0)) return false
  return uid >= range.first && uid <= range.last
}

const lockOf = (kind: string, uid: number) => `holdfast-sandbox-${kind}-${process.getuid?.() ?? 0}-${uid}`

/** The kernel gives an abstract socket's name to one process of the machine, and takes it back when that ends. */
function lockName(name: string): Promise<Server | null> {
  return new Promise((resolve) => {
    const server = createServer((socket) => socket.destroy())
    server.once('error', () => resolve(null))
    server.listen(`\0${name}`, () => resolve(server.unref()))
  })
}

function isTaken(uid: number): boolean {
  const names = readFileSync('/etc/passwd', 'utf8').split('\n')
  return names.some((line) => Number(line.split(':')[2]) === uid) || processesOf(uid).length > 0
}

/** Processes that run as this user now. */
export function processesOf(uid: number): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((name) => {
      try {
        const status = readFileSync(`/proc/${name}/status`, 'latin1')
        return Number(/^Uid:\s+\d+\s+(\d+)/m.exec(status)?.[1]) === uid && !/^State:\s+[ZX]/m.test(status)
      } catch {
        return false
      }
    })
    .map(Number)
}

/** Whether the system gave this user others to use in namespaces of its own (subuid(5)). */
function hasSubordinateUsers(): boolean {
  if (!['newuidmap', 'newgidmap', 'unshare'].every((tool) => findTool(tool))) return false
  const { username, uid } = userInfo()
  return ['/etc/subuid', '/etc/subgid'].every((file) => {
    try {
      const lines = readFileSync(file, 'utf8').split('\n')
      return lines.some((line) => {
        const [who, , count] = line.split(':')
        return (who === username || who === String(uid)) && Number(count) > subordinate.last
      })
    } catch {
      return false
    }
  })
}
