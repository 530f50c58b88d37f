import type { RunContext } from '@/lib/ports/run-context'

/** A run that also ends after some time; `ended` says that the time limit ended it. */
export function timeLimited(run: RunContext, limitMs: number): { run: RunContext; ended: () => boolean } {
  const limit = AbortSignal.timeout(limitMs)
  const signal = AbortSignal.any([run.signal, limit])
  return { run: { ...run, signal }, ended: () => limit.aborted && !run.signal.aborted }
}
