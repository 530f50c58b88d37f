import { readFileSync, readdirSync, writeFileSync } from 'node:fs'

/** What the kernel counts per second on Linux (USER_HZ), the same on all its platforms that Node runs on. */
const ticksPerSecond = 100

interface Stat {
  ownTicks: number
  childTicks: number
}

function readStat(pid: number): Stat | null {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'latin1')
    // The name in parentheses may itself hold parentheses and spaces.
    const fields = text
      .slice(text.lastIndexOf(')') + 2)
      .split(' ')
      .map(Number)
    const [user = 0, system = 0, childUser = 0, childSystem = 0] = fields.slice(11)
    return { ownTicks: user + system, childTicks: childUser + childSystem }
  } catch {
    return null
  }
}

/** CPU seconds of the process itself, and of the children it has waited for with all they waited for. */
export function cpuSeconds(pid: number): { own: number; children: number } {
  const stat = readStat(pid)
  return { own: (stat?.ownTicks ?? 0) / ticksPerSecond, children: (stat?.childTicks ?? 0) / ticksPerSecond }
}

/** CPU seconds that the whole machine was busy since it started. */
export function machineBusySeconds(): number {
  const [, user = 0, nice = 0, system = 0, , , irq = 0, softIrq = 0] = (
    readFileSync('/proc/stat', 'latin1').split('\n')[0] ?? ''
  )
    .split(/\s+/)
    .map(Number)
  return (user + nice + system + irq + softIrq) / ticksPerSecond
}

function memoryLine(pid: number, name: 'VmRSS' | 'VmHWM'): number {
  try {
    const line = new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(readFileSync(`/proc/${pid}/status`, 'latin1'))
    return Number(line?.[1] ?? 0) * 1024
  } catch {
    return 0
  }
}

/** Largest resident memory of one process since `resetPeak`, as the kernel kept it: nothing is missed between samples. */
export const peakRssBytes = (pid: number): number => memoryLine(pid, 'VmHWM')

export function resetPeak(pid: number): void {
  writeFileSync(`/proc/${pid}/clear_refs`, '5')
}

/** Each thread lists the children it started; to look through all of /proc would itself be a load that is measured. */
function children(pid: number): number[] {
  try {
    return readdirSync(`/proc/${pid}/task`).flatMap((thread) =>
      readFileSync(`/proc/${pid}/task/${thread}/children`, 'latin1').split(' ').filter(Boolean).map(Number),
    )
  } catch {
    return []
  }
}

function descendants(root: number): number[] {
  const found = [root]
  for (const pid of found) found.push(...children(pid))
  return found
}

/** Samples the sum of resident memory of a process and all below it, five times a second. */
export function watchTree(root: number): { stop(): number } {
  let peak = 0
  const sample = () => {
    const sum = descendants(root).reduce((total, pid) => total + memoryLine(pid, 'VmRSS'), 0)
    peak = Math.max(peak, sum)
  }
  sample()
  const timer = setInterval(sample, 200)
  return {
    stop() {
      clearInterval(timer)
      return peak
    },
  }
}

/** Bytes that the processes of one name below a process have written so far, pipes included. */
export function writtenBytes(root: number, name: string): number {
  const written = (pid: number) => {
    try {
      if (readFileSync(`/proc/${pid}/comm`, 'latin1').trim() !== name) return 0
      return Number(/^wchar: (\d+)/m.exec(readFileSync(`/proc/${pid}/io`, 'latin1'))?.[1] ?? 0)
    } catch {
      return 0
    }
  }
  return descendants(root).reduce((total, pid) => total + written(pid), 0)
}
