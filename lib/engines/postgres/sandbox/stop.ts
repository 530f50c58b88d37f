import { setTimeout as delay } from 'node:timers/promises'
import type { RunningCommand } from '@/lib/ports/process'

const quickStopMs = 5_000

/** Immediate shutdown: the data is thrown away, so there is nothing to write back. Then the whole group is ended. */
export async function stopServer(server: RunningCommand): Promise<void> {
  const exited = server.exited.catch(() => undefined)
  try {
    process.kill(server.pid, 'SIGQUIT')
  } catch {
    // It has ended already.
  }
  const waited = new AbortController()
  await Promise.race([exited, delay(quickStopMs, undefined, { signal: waited.signal }).catch(() => undefined)])
  waited.abort()
  await server.terminate(0)
  await exited
}
