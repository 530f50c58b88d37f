import { PgBoss, fromPrisma, type WorkHandler } from 'pg-boss'
import { jobKinds, type JobKind } from '../contracts/job'
import { toFailure } from '../core/holdfast-error'
import type { JobQueue } from '../ports/queue'
import type { Logger } from '../ports/run-context'
import type { Tx } from './client'

/** Seconds without a sign of life after which a job is given to another worker; the library's least is 10. */
const heartbeatSeconds = 15
/** The library's ceiling for one run. */
const longestRunSeconds = 24 * 3600
/** A worker may die under a job, and a full limit puts it off: our own attempt count (catalog) decides when it is enough. */
const deliveries = 1_000_000
/** A parked job is woken when its limit has room; should that ever be missed, it comes by itself after so long. */
const parkedSeconds = 600
/** The library deletes what waits for longer, without a word; ours ends by its own rules only (ten years). */
const retentionSeconds = 10 * 365 * 86_400
/** More lost deliveries than this are for the next look. */
const lostAtOnce = 500

export interface OpenQueue extends JobQueue {
  /** Takes jobs of the kind, `concurrency` at a time. The signal is aborted when the delivery was taken away. */
  work(
    kind: JobKind,
    concurrency: number,
    handler: (jobId: string, signal: AbortSignal) => Promise<void>,
  ): Promise<void>
  /** Takes no further jobs; running ones go on. */
  pause(): Promise<void>
  /** Returns a delivery whose worker is dead or stopping: it may be taken again at once, without heartbeat or delay. */
  release(kind: JobKind, jobId: string): Promise<void>
  /**
   * Takes a delivery back that was begun: the job is delivered again at `until`, or when it is woken (null). Inside the
   * transaction that writes why.
   */
  putOff(tx: Tx, kind: JobKind, jobId: string, until: Date | null): Promise<void>
  /** Delivers jobs that were put off or parked, now. */
  wake(tx: Tx, kind: JobKind, jobIds: readonly string[]): Promise<void>
  /**
   * Ends the delivery of a job whose row ends in the same transaction: the moment it is seen to be finished, the next
   * one with its key may start.
   */
  settle(tx: Tx, kind: JobKind, jobId: string): Promise<void>
  /** Jobs that have waited since before this instant although nothing will ever deliver them, oldest first. */
  findLost(tx: Tx, before: Date): Promise<string[]>
  /** Delivers such a job anew, what is left of its delivery put away; false when it has one, or its key is taken. */
  redeliver(tx: Tx, job: Parameters<JobQueue['enqueue']>[1]): Promise<boolean>
  stop(): Promise<void>
}

/**
 * Opens the queue in schema `pgboss` of the catalog's database. `supervise` is for workers: they watch over
 * heartbeats; a web process only hands jobs in.
 */
export async function openQueue(
  url: string,
  options: { supervise: boolean; logger: Logger; retryDelaySeconds?: number },
): Promise<OpenQueue> {
  const boss = new PgBoss({
    connectionString: url,
    application_name: 'holdfast-queue',
    max: options.supervise ? 5 : 2,
    schedule: false,
    supervise: options.supervise,
    monitorIntervalSeconds: 10,
    superviseIntervalSeconds: 10,
    useListenNotify: options.supervise,
  })
  boss.on('error', (error) => options.logger.warn('queue trouble', { error: error.message }))
  await boss.start()
  for (const kind of jobKinds) {
    await boss.createQueue(kind, { policy: 'exclusive', notify: true })
  }
  const retryDelay = options.retryDelaySeconds ?? 15

  const enqueue: JobQueue['enqueue'] = async (tx, job) => {
    const id = await boss.send(
      job.kind,
      { jobId: job.id },
      {
        id: job.id,
        singletonKey: job.exclusiveKey ?? job.id,
        retryLimit: deliveries,
        retryDelay,
        retentionSeconds,
        heartbeatSeconds,
        expireInSeconds: longestRunSeconds - 1,
        ...(job.startAfter ? { startAfter: job.startAfter } : job.parked ? { startAfter: parkedSeconds } : {}),
        db: fromPrisma(tx as Tx),
      },
    )
    return id !== null
  }

  return {
    enqueue,
    async work(kind, concurrency, handler) {
      const onBatch: WorkHandler<{ jobId: string }> = async ([job]) => {
        if (!job) return
        await handler(job.data.jobId, job.signal).catch((error: unknown) => {
          // The library notes it in its own table only; a job that is never begun must not be silent.
          options.logger.warn('a delivery failed', { kind, jobId: job.data.jobId, error: toFailure(error).message })
          throw error
        })
      }
      // A notice that comes while all runners are busy is not repeated when one is free, and none comes when a delayed
      // retry is due: without its own setting, the library would look again after 30 seconds only.
      const polling = { pollingIntervalSeconds: 2, notifyPollingIntervalSeconds: 2 }
      await boss.work(kind, { localConcurrency: concurrency, batchSize: 1, ...polling }, onBatch)
    },
    async pause() {
      for (const kind of jobKinds) await boss.offWork(kind, { wait: false })
    },
    async release(kind, jobId) {
      await boss.fail(kind, jobId, { message: 'the worker is gone' })
      await boss.update(kind, undefined, { id: jobId, startAfter: 0, retentionSeconds })
    },
    async putOff(tx, kind, jobId, until) {
      const db = fromPrisma(tx)
      await boss.fail(kind, jobId, { message: 'put off' }, { db })
      await boss.update(kind, undefined, { id: jobId, startAfter: until ?? parkedSeconds, retentionSeconds, db })
    },
    async wake(tx, kind, jobIds) {
      const db = fromPrisma(tx)
      // In the past: a notice goes out only for what is due by the start of the transaction.
      for (const id of jobIds) await boss.update(kind, undefined, { id, startAfter: -1, retentionSeconds, db })
    },
    async discard(tx, kind, jobId) {
      await boss.cancel(kind, jobId, { db: fromPrisma(tx as Tx) })
    },
    async settle(tx, kind, jobId) {
      await boss.complete(kind, jobId, null, { db: fromPrisma(tx), includeQueued: true })
    },
    async findLost(tx, before) {
      // Looked up by the key of both: cheap for thousands that wait.
      const rows = await tx.$queryRaw<{ id: string }[]>`
        SELECT id FROM job
        WHERE state = 'queued' AND created_at < ${before} AND NOT EXISTS (
          SELECT FROM pgboss.job AS delivery WHERE delivery.name = job.kind AND delivery.id = job.id
            AND delivery.state IN ('created', 'retry', 'active'))
        ORDER BY created_at, id LIMIT ${lostAtOnce}`
      return rows.map(({ id }) => id)
    },
    async redeliver(tx, job) {
      const [live] = await tx.$queryRaw<unknown[]>`
        SELECT 1 AS one FROM pgboss.job
        WHERE name = ${job.kind} AND id = ${job.id}::uuid AND state IN ('created', 'retry', 'active')`
      if (live !== undefined) return false
      await boss.deleteJob(job.kind, job.id, { db: fromPrisma(tx) })
      return enqueue(tx, job)
    },
    async stop() {
      await boss.stop({ graceful: false, close: true })
    },
  }
}
