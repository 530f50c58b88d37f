import { readFileSync } from 'node:fs'

/** When the process started, in clock ticks since boot; null when it does not run. A pid alone is reused. */
export function processKey(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // The second field is the program's name and may hold anything, so fields count from its closing bracket.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return fields[0] === 'Z' ? null : (fields[19] ?? null)
  } catch {
    return process.platform === 'linux' ? null : alive(pid)
  }
}

/** Without /proc only "there is such a process" can be said. */
function alive(pid: number): string | null {
  try {
    process.kill(pid, 0)
    return 'running'
  } catch {
    return null
  }
}
