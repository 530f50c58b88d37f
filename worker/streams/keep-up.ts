import { setTimeout as sleep } from 'node:timers/promises'
import { HoldfastError } from '@/lib/core/holdfast-error'
import type { RunContext } from '@/lib/ports/run-context'

const tickMs = 500
/** How often destinations that lack something are looked at, and segments that no index lists. */
const keepUpEveryMs = 10_000

/** Rejects when the work does; never resolves before it is stopped. */
export async function tick(signal: AbortSignal, work: () => Promise<void>, everyMs = tickMs): Promise<void> {
  while (!signal.aborted) {
    await sleep(everyMs, null, { signal }).catch(() => undefined)
    if (!signal.aborted) await work()
  }
}

/** Does what may lag behind the log, again and again; trouble with it is logged and tried again. */
export function keepUp(
  what: string,
  work: (run: RunContext) => Promise<void>,
  run: RunContext,
  signal: AbortSignal,
): Promise<void> {
  return tick(
    signal,
    async () => {
      try {
        await work({ ...run, signal: AbortSignal.any([run.signal, signal]) })
      } catch (error) {
        if (signal.aborted) return
        if (error instanceof HoldfastError && error.code === 'lease-lost') throw error
        run.logger.warn(what, { error: String(error) })
      }
    },
    keepUpEveryMs,
  )
}
