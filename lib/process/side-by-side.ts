import type { RunContext } from '@/lib/ports/run-context'

/**
 * Works off the items with at most so many at a time, and gives the results in their order. The first failure aborts the
 * others, through the run they are given, and is what it rejects with, once all have ended.
 */
export async function sideBySide<T, R>(
  runners: number,
  items: readonly T[],
  run: RunContext,
  work: (item: T, run: RunContext) => Promise<R>,
): Promise<R[]> {
  const stop = new AbortController()
  const scope = { ...run, signal: AbortSignal.any([run.signal, stop.signal]) }
  const results: R[] = []
  let next = 0
  const runner = async () => {
    while (!scope.signal.aborted) {
      const index = next++
      const item = items[index]
      if (index >= items.length || item === undefined) return
      results[index] = await work(item, scope)
    }
  }
  const running = Array.from({ length: Math.min(runners, items.length) }, () =>
    runner().catch((error: unknown) => stop.abort(error)),
  )
  await Promise.all(running)
  run.signal.throwIfAborted()
  if (stop.signal.aborted) throw stop.signal.reason
  return results
}
