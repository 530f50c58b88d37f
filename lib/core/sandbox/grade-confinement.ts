import type { ConfinementReport } from '@/lib/contracts/confinement'

/** What a small program, run as restored code will be run, found that it could reach; made by lib/sandbox/probe.ts. */
export interface ProbeFindings {
  /** Things of Holdfast that it could read, write, signal or talk to, in words. */
  reached: string[]
  /** How many things of Holdfast it tried. */
  tried: number
  /** Whether a connection of its own came through to a port of this machine. */
  network: boolean
  /** Processes that are not its own and that it could see. */
  processesSeen: number
  /** Kinds of namespaces that it does not share with us. */
  namespaces: string[]
  noNewPrivileges: boolean
  /** It can do nothing that an ordinary user cannot. */
  withoutCapabilities: boolean
}

const whole = ['mnt', 'pid', 'ipc', 'net']

/**
 * `ownUser`: to the kernel it runs as a user that owns nothing else. Without one it counts as kept apart only where user,
 * file system and processes are a namespace's own.
 */
export function gradeConfinement(
  found: ProbeFindings,
  ownUser: boolean,
): { grade: ConfinementReport['grade']; reasons: string[] } {
  const has = (names: string[]) => names.every((name) => found.namespaces.includes(name))
  const reasons = found.reached.map((what) => `it could reach ${what}`)
  if (!ownUser && !has(['user', 'mnt', 'pid'])) reasons.push('it runs as the user of the worker')
  if (!found.noNewPrivileges) reasons.push('it could gain privileges by programs that change their user')
  if (!found.withoutCapabilities) reasons.push('it has privileges of the system administrator')
  if (reasons.length > 0) return { grade: 'none', reasons }
  const isolated = has(whole) && !found.network && found.processesSeen === 0
  return { grade: isolated ? 'isolated' : 'own-user', reasons: [] }
}
