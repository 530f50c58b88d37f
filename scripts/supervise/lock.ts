import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { HoldfastError } from '@/lib/core/holdfast-error'
import { processKey } from './process-key'

/** One supervisor per home. The lock of a process that no longer runs counts as none. */
export function takeLock(home: string): { release(): void } {
  const file = path.join(home, 'run/supervisor.lock')
  const mine = `${process.pid}\n${processKey(process.pid) ?? ''}\n`
  for (let attempt = 0; attempt < 3; attempt += 1) {
    try {
      writeFileSync(file, mine, { flag: 'wx', mode: 0o644 })
      return { release: () => rmSync(file, { force: true }) }
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
      refuseLiveOwner(file, home)
      rmSync(file, { force: true })
    }
  }
  throw new HoldfastError('start-locked', `Another start on ${home} is under way.`, {
    remedy: 'Wait until it is done, or set another HOLDFAST_HOME.',
  })
}

function refuseLiveOwner(file: string, home: string): void {
  if (!existsSync(file)) return
  const [pid = '', key = ''] = readFileSync(file, 'utf8').split('\n')
  if (key && processKey(Number(pid)) === key) {
    throw new HoldfastError('start-locked', `Holdfast already runs on ${home} (process ${pid}).`, {
      remedy: 'Stop it first, or set another HOLDFAST_HOME.',
    })
  }
}
