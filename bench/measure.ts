import { cpuSeconds, machineBusySeconds, peakRssBytes, resetPeak, watchTree } from './process-stats'

/** One run of one way. Absent: does not apply to it. */
export interface Sample {
  wallMs: number
  /** Of the worker process itself. */
  ownCpuSeconds?: number
  /** Of the worker and every tool it started, or of the whole pipe of plain tools. */
  clientCpuSeconds: number
  /** Everything the machine did meanwhile, servers included. */
  machineCpuSeconds: number
  ownPeakRssBytes?: number
  treePeakRssBytes: number
  storedBytes?: number
  sourceBytes?: number
  /** Parts of the wall time, by name. */
  steps?: Record<string, number>
}

/** What a way reports of itself; the rest is measured around it. */
export type Told = Pick<Sample, 'storedBytes' | 'sourceBytes' | 'steps'> & { wallMs?: number }

/** Measures what the worker does for one job. The wall time is the job's own: `finishedAt - startedAt`. */
export async function measureWorker(pid: number, work: () => Promise<Told>): Promise<Sample> {
  resetPeak(pid)
  const before = { cpu: cpuSeconds(pid), machine: machineBusySeconds(), at: performance.now() }
  const tree = watchTree(pid)
  try {
    const told = await work()
    const after = cpuSeconds(pid)
    const own = after.own - before.cpu.own
    return {
      wallMs: performance.now() - before.at,
      ...told,
      ownCpuSeconds: own,
      clientCpuSeconds: own + after.children - before.cpu.children,
      machineCpuSeconds: machineBusySeconds() - before.machine,
      ownPeakRssBytes: peakRssBytes(pid),
      treePeakRssBytes: tree.stop(),
    }
  } finally {
    tree.stop()
  }
}

/** Measures a pipe of plain tools, which this process starts and waits for; `onStart` takes the shell's process id. */
export async function measurePlain(work: (onStart: (pid: number) => void) => Promise<Told>): Promise<Sample> {
  const before = { children: cpuSeconds(process.pid).children, machine: machineBusySeconds(), at: performance.now() }
  let tree: { stop(): number } | null = null
  try {
    const told = await work((pid) => (tree = watchTree(pid)))
    return {
      wallMs: performance.now() - before.at,
      ...told,
      clientCpuSeconds: cpuSeconds(process.pid).children - before.children,
      machineCpuSeconds: machineBusySeconds() - before.machine,
      treePeakRssBytes: stopped(tree),
    }
  } finally {
    stopped(tree)
  }
}

function stopped(tree: { stop(): number } | null): number {
  return tree?.stop() ?? 0
}
