import type { Failure } from '@/lib/contracts/common'
import { jobKindSchema } from '@/lib/contracts/job'
import type { Tx } from '@/lib/db/client'
import type { OpenQueue } from '@/lib/db/queue'
import type { ServiceContext } from '../context'
import { closeRows } from './close-rows'

/** Row and delivery are written together; a job that waits for longer without one has lost it. */
const lostAfterMs = 60_000

/**
 * Delivers jobs again whose delivery is gone from the queue (its tables were emptied or restored apart from the catalog,
 * or a delivery ended while its job went on waiting): they would wait for ever, and with their key nothing else would say
 * so. What was to be cancelled ends instead. A job whose key another one holds stays for the next look. Answers how many
 * were delivered or ended.
 */
export async function redeliverLost(
  ctx: Pick<ServiceContext, 'db' | 'logger'>,
  queue: Pick<OpenQueue, 'findLost' | 'redeliver' | 'settle'>,
  now: Date,
): Promise<number> {
  const ids = await queue.findLost(ctx.db, new Date(now.getTime() - lostAfterMs))
  let mended = 0
  for (const id of ids) {
    const done = await ctx.db.$transaction((tx) => mend(tx, queue, { id, now }))
    if (!done) continue
    mended += 1
    ctx.logger.warn('a job had no delivery', { jobId: id, now: done })
  }
  return mended
}

async function mend(
  tx: Tx,
  queue: Pick<OpenQueue, 'redeliver' | 'settle'>,
  { id, now }: { id: string; now: Date },
): Promise<'delivered again' | 'cancelled' | null> {
  // Of several workers that found it one goes on, and it must still wait.
  const [held] = await tx.$queryRaw<unknown[]>`
    SELECT id FROM job WHERE id = ${id}::uuid AND state = 'queued' FOR UPDATE SKIP LOCKED`
  if (held === undefined) return null
  const job = await tx.job.findUniqueOrThrow({ where: { id }, omit: { log: true } })
  const kind = jobKindSchema.parse(job.kind)
  if (job.cancelRequestedAt) {
    const failure: Failure = { code: 'cancelled', message: 'Cancelled before it began.' }
    await tx.job.update({ where: { id }, data: { state: 'cancelled', finishedAt: now } })
    await closeRows(tx, id, { state: 'cancelled', failure, now })
    await queue.settle(tx, kind, id)
    return 'cancelled'
  }
  const delivered = await queue.redeliver(tx, {
    id,
    kind,
    maxAttempts: job.maxAttempts,
    // A job that waits for a limit is woken when there is room.
    parked: job.waitReason !== null && job.startAfter === null,
    ...(job.startAfter ? { startAfter: job.startAfter } : {}),
    ...(job.exclusiveKey === null ? {} : { exclusiveKey: job.exclusiveKey }),
  })
  return delivered ? 'delivered again' : null
}
