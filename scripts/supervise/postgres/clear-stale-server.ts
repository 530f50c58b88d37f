import { existsSync, readdirSync, readFileSync, readlinkSync, realpathSync, rmSync } from 'node:fs'
import path from 'node:path'
import { endProcess } from '../end-process'
import { processKey } from '../process-key'

/**
 * After a kill -9 the server may still run, or its lock files name a process that is gone or, with the pid reused,
 * somebody else's: PostgreSQL alone would refuse to start then. The files are its guard against two servers on one
 * folder, so they are removed only when no process works in the folder any more. Without /proc they are left alone.
 */
export async function clearStaleServer(data: string): Promise<void> {
  const pidFile = path.join(data, 'postmaster.pid')
  if (!existsSync(pidFile) || process.platform !== 'linux') return
  const postmaster = Number(readFileSync(pidFile, 'utf8').split('\n')[0])
  const working = processesIn(data)
  // SIGINT is PostgreSQL's fast shutdown, SIGQUIT its immediate one.
  if (working.includes(postmaster)) await endProcess(postmaster, ['SIGINT', 'SIGQUIT', 'SIGKILL'], 10_000)
  await Promise.all(processesIn(data).map((pid) => endProcess(pid, ['SIGTERM', 'SIGQUIT', 'SIGKILL'], 3_000)))
  rmSync(pidFile, { force: true })
  for (const name of readdirSync(data)) {
    if (name.startsWith('.s.PGSQL.')) rmSync(path.join(data, name), { force: true })
  }
}

/** Server processes work in their data folder, backends too when their postmaster is gone. */
function processesIn(data: string): number[] {
  const folder = realpathSync(data)
  return readdirSync('/proc')
    .map(Number)
    .filter((pid) => pid > 0 && workingFolder(pid) === folder && processKey(pid) !== null)
}

function workingFolder(pid: number): string | null {
  try {
    return readlinkSync(`/proc/${pid}/cwd`)
  } catch {
    return null
  }
}
