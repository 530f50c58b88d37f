import { setTimeout as sleep } from 'node:timers/promises'
import { HoldfastError } from '@/lib/core/holdfast-error'
import { judgeNeededLog } from '@/lib/core/recovery/judge-needed-log'
import type { LogRange } from '@/lib/ports/backup-method'
import { logMethodOf } from '@/lib/services/log/log-method-of'
import type { TaskArgs } from '../../task'

const pauseMs = 500

/**
 * Waits until a destination has all of the log that a backup needs, and asks the follower to store it at once. Without it the backup
 * could never be restored. Throws `log-gap` when some of it was not stored and never will be, and `continuous-off`.
 */
export async function awaitLog(
  { ctx, run }: Pick<TaskArgs, 'ctx' | 'run'>,
  of: { sourceId: string; engine: string; range: LogRange },
): Promise<void> {
  const { sourceId, range } = of
  const method = logMethodOf(ctx, of)
  const [from, to] = [method.order(range.from), method.order(range.to)]
  const place = { sourceId, identity: range.identity, timeline: range.timeline }
  run.progress({ phase: 'waiting for the log', doneBytes: 0 })
  for (;;) {
    run.signal.throwIfAborted()
    const ranges = await ctx.db.logRange.findMany({ where: place })
    const held = ranges.map((each) => ({
      from: each.fromOrder,
      to: each.toOrder,
      isClosed: each.endsBecause !== null,
    }))
    const judged = judgeNeededLog(held, { from, to })
    if (judged === 'stored') return
    if (judged === 'lost') {
      throw new HoldfastError(
        'log-gap',
        'Log from while this backup was taken is stored nowhere: it cannot be restored.',
        {
          remedy: 'Take it again.',
          transient: true,
          facts: { ...range },
        },
      )
    }
    const { count } = await ctx.db.logStream.updateMany({
      where: { sourceId, state: { not: 'ending' } },
      data: { wantedOrder: to },
    })
    if (count === 0) {
      throw new HoldfastError(
        'continuous-off',
        'Continuous protection was switched off before the log of this backup was stored.',
      )
    }
    await sleep(pauseMs, null, { signal: run.signal })
  }
}
