import type { Tx } from '@/lib/db/client'
import { countedStates, type CountedState } from './metric-facts'

export type RunCounts = Map<string, Record<CountedState, number>>
type Row = { source_id: string } & Record<CountedState, number>

/** The sums of past days hardly change, and there can be many days: they are read again after this time. */
const keptForMs = 10 * 60_000
const kept = new WeakMap<object, { before: string; readAt: number; counts: RunCounts }>()

/** Ended runs by source and state, since the beginning: yesterday and today as they are now, older days a little late. */
export async function countRuns(tx: Tx, now: Date): Promise<RunCounts> {
  const before = new Date(now.getTime() - 86_400_000).toISOString().slice(0, 10)
  let past = kept.get(tx)
  if (!past || past.before !== before || Math.abs(now.getTime() - past.readAt) > keptForMs) {
    const rows = await tx.$queryRaw<Row[]>`
      SELECT source_id, sum(succeeded)::int AS succeeded, sum(partial)::int AS partial, sum(failed)::int AS failed,
        sum(interrupted)::int AS interrupted, sum(missed)::int AS missed
      FROM backup_day WHERE day < ${before}::date GROUP BY source_id`
    past = { before, readAt: now.getTime(), counts: added(new Map(), rows) }
    kept.set(tx, past)
  }
  const rows = await tx.$queryRaw<Row[]>`
    SELECT source_id, sum(succeeded)::int AS succeeded, sum(partial)::int AS partial, sum(failed)::int AS failed,
      sum(interrupted)::int AS interrupted, sum(missed)::int AS missed
    FROM backup_day WHERE day >= ${before}::date GROUP BY source_id`
  return added(past.counts, rows)
}

export const noRuns = (): Record<CountedState, number> => ({
  succeeded: 0,
  partial: 0,
  failed: 0,
  interrupted: 0,
  missed: 0,
})

function added(counts: RunCounts, rows: Row[]): RunCounts {
  const sum: RunCounts = new Map(counts)
  for (const row of rows) {
    const before = sum.get(row.source_id) ?? noRuns()
    const after = noRuns()
    for (const state of countedStates) after[state] = before[state] + row[state]
    sum.set(row.source_id, after)
  }
  return sum
}
