import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { endProcess } from './end-process'
import { processKey } from './process-key'

const fileOf = (home: string) => path.join(home, 'run/children')

/** Remembers our children with their start times, for the start after a kill -9. */
export function rememberChildren(home: string, pids: number[]): void {
  const lines = pids.filter((pid) => pid > 0).map((pid) => `${pid} ${processKey(pid) ?? ''}`)
  writeFileSync(fileOf(home), lines.join('\n'))
}

/** Ends web and worker of a supervisor that was killed; they end by themselves too, but may take their grace time. */
export async function endLeftovers(home: string, say: (line: string) => void): Promise<void> {
  if (!existsSync(fileOf(home))) return
  const left = readFileSync(fileOf(home), 'utf8')
    .split('\n')
    .map((line) => line.split(' '))
    .filter(([pid, key]) => key && processKey(Number(pid)) === key)
    .map(([pid]) => Number(pid))
  if (!left.length) return
  say('An earlier start was killed; ending what it left')
  await Promise.all(left.map((pid) => endProcess(pid, ['SIGTERM', 'SIGKILL'], 15_000)))
}
