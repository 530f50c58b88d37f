import { existsSync, readFileSync, readlinkSync } from 'node:fs'
import { hostname } from 'node:os'
import { startedAt } from '@/lib/process/started-at'

/**
 * Names a process for good: a pid alone is reused, and two containers may share host name and boot id. Format:
 * `<scope>|<pid>|<start>`, where the scope is boot id and pid namespace.
 */
export function processKey(pid: number): string {
  return `${scope()}|${pid}|${startedAt(pid) ?? ''}`
}

/** True when the key is of this scope and its process no longer exists. Of another scope nothing can be told. */
export function isGone(key: string): boolean {
  const [keyScope, pid, start] = key.split('|')
  return keyScope === scope() && startedAt(Number(pid)) !== start
}

function scope(): string {
  if (!existsSync('/proc/sys/kernel/random/boot_id')) return hostname()
  return `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()}/${readlinkSync('/proc/self/ns/pid')}`
}
