import { existsSync, readFileSync, rmSync } from 'node:fs'
import path from 'node:path'
import { endProcess } from '../end-process'
import { processKey } from '../process-key'

/**
 * After a kill -9 the server may still run, or its lock file names a process that is gone or, with the pid reused,
 * somebody else's: PostgreSQL alone would refuse to start then.
 */
export async function clearStaleServer(data: string): Promise<void> {
  const file = path.join(data, 'postmaster.pid')
  if (!existsSync(file)) return
  const pid = Number(readFileSync(file, 'utf8').split('\n')[0])
  if (processKey(pid) === null || !isServerOf(pid, data)) return rmSync(file, { force: true })
  // SIGINT is PostgreSQL's fast shutdown, SIGQUIT its immediate one.
  await endProcess(pid, ['SIGINT', 'SIGQUIT', 'SIGKILL'], 10_000)
}

function isServerOf(pid: number, data: string): boolean {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').includes(data)
  } catch {
    return process.platform !== 'linux'
  }
}
