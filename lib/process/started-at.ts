import { readFileSync } from 'node:fs'

/**
 * When a process started, in clock ticks since boot (field 22 of /proc/PID/stat; the fields are counted behind the name,
 * which may hold anything): with it a process id names one process. Null when there is none, or only what is left of one that
 * ended until its parent asks.
 */
export function startedAt(pid: number): string | null {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'latin1')
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
    return fields[0] === 'Z' ? null : (fields[19] ?? null)
  } catch {
    return null
  }
}
