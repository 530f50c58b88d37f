import { readFile } from 'node:fs/promises'
import { cpus, totalmem } from 'node:os'
import path from 'node:path'
import { runTool } from './run-tool'
import type { BenchSettings } from './settings'

/** The machine and the versions, without anything that names it. */
export interface Machine {
  cpu: string
  cores: number
  memoryBytes: number
  versions: string[]
  /** Load of the last minute: well above the number of cores means that somebody else was working too. */
  load: string
}

export async function readMachine(settings: BenchSettings): Promise<Machine> {
  const [dump, zstd, load] = await Promise.all([
    runTool(path.join(settings.pgBin, 'pg_dump'), ['--version']),
    runTool('zstd', ['--version']),
    readFile('/proc/loadavg', 'utf8'),
  ])
  return {
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: cpus().length,
    memoryBytes: totalmem(),
    versions: [
      `Node ${process.versions.node}`,
      `PostgreSQL ${/\d+\.\d+/.exec(dump)?.[0] ?? 'unknown'} (server and tools)`,
      `zstd ${/v(\d+\.\d+\.\d+)/.exec(zstd)?.[1] ?? 'unknown'}`,
      'S3: Ceph radosgw on the same machine, keeping objects in memory',
    ],
    load: load.split(' ')[0] ?? '',
  }
}
