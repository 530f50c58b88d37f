import type { Tx } from './client'

/**
 * The catalog's clock, which schedules, jobs and heartbeats follow, so that workers whose own clocks are wrong agree. The
 * moment of asking, not the start of the transaction.
 */
export async function catalogNow(tx: Tx): Promise<Date> {
  const [row] = await tx.$queryRaw<{ now: Date }[]>`SELECT clock_timestamp() AS now`
  if (!row) throw new Error('SELECT without FROM gave no row')
  return row.now
}
