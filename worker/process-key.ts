import { existsSync, readFileSync, readlinkSync } from 'node:fs'
import { hostname } from 'node:os'

/**
 * Names a process for good: a pid alone is reused, and two containers may share host name and boot id. Format:
 * `<scope>|<pid>|<start>`, where the scope is boot id and pid namespace.
 */
export function processKey(pid: number): string {
  return `${scope()}|${pid}|${startOf(pid) ?? ''}`
}

/** True when the key is of this scope and its process no longer exists. Of another scope nothing can be told. */
export function isGone(key: string): boolean {
  const [keyScope, pid, start] = key.split('|')
  return keyScope === scope() && startOf(Number(pid)) !== start
}

function scope(): string {
  if (!existsSync('/proc/sys/kernel/random/boot_id')) return hostname()
  return `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()}/${readlinkSync('/proc/self/ns/pid')}`
}

/** Start time in clock ticks since boot (field 22 of /proc/pid/stat); null when there is no such process. */
function startOf(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return fields[0] === 'Z' ? null : (fields[19] ?? null)
  } catch {
    return null
  }
}
