import { readdirSync, readFileSync } from 'node:fs'

function errorCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error ? String(error.code) : undefined
}

/** Sends a signal to the group; false when it has no members. Signal 0 only asks. */
export function signalGroup(groupId: number, signal: NodeJS.Signals | 0): boolean {
  try {
    process.kill(-groupId, signal)
    return true
  } catch (error) {
    // EPERM: there are members, but a tool changed its user. They count as alive.
    return errorCode(error) === 'EPERM'
  }
}

/** State and group from /proc/<pid>/stat; the name in parentheses may itself contain parentheses and spaces. */
function readStat(pid: string): { state: string; groupId: number } | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
    const [state, , groupId] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return state === undefined ? null : { state, groupId: Number(groupId) }
  } catch {
    return null
  }
}

/**
 * True while a process of the group runs. Zombies do not count: in a container whose first process does not reap,
 * grandchildren stay zombies indefinitely, and waiting for them would never end.
 */
export function isGroupAlive(groupId: number): boolean {
  if (!signalGroup(groupId, 0)) return false
  let pids: string[]
  try {
    pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name))
  } catch {
    return true
  }
  return pids.some((pid) => {
    const stat = readStat(pid)
    return stat !== null && stat.groupId === groupId && stat.state !== 'Z' && stat.state !== 'X'
  })
}
