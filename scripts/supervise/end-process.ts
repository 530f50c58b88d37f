import { setTimeout as delay } from 'node:timers/promises'
import { processKey } from './process-key'

/** Sends the signals in turn, each with its time to be obeyed; returns when the process is gone. */
export async function endProcess(pid: number, signals: NodeJS.Signals[], eachMs: number): Promise<void> {
  const key = processKey(pid)
  if (key === null) return
  for (const signal of signals) {
    try {
      process.kill(pid, signal)
    } catch {
      return
    }
    const deadline = Date.now() + eachMs
    while (Date.now() < deadline) {
      if (processKey(pid) !== key) return
      await delay(50)
    }
  }
}
