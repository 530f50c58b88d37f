import { totalmem } from 'node:os'
import type { SandboxLimits } from '@/lib/contracts/confinement'
import { findTool } from '@/lib/process/find-tool'

const gib = 1024 ** 3

/** Half of the machine, so that a runaway function meets an error and not the kernel's out-of-memory killer. */
export function memoryLimit(): number {
  return Math.min(8 * gib, Math.max(2 * gib, Math.floor(totalmem() / 2)))
}

/** The programs' own limits, set last before the program so that nothing in front of it needs to live with them. */
export function limitPrefix(limits: SandboxLimits): string[] {
  const prlimit = findTool('prlimit')
  if (!prlimit) return []
  return [
    prlimit,
    '--core=0',
    `--nproc=${limits.processes}`,
    `--nofile=${limits.openFiles}`,
    // One file at a time; all of them together are watched by watch-disk.ts.
    `--fsize=${limits.diskBytes}`,
    ...(limits.memoryBytes === null ? [] : [`--as=${limits.memoryBytes}`]),
    '--',
  ]
}
