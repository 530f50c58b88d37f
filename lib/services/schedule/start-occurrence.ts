import { randomUUID } from 'node:crypto'
import type { Failure } from '@/lib/contracts/common'
import { scheduleOptionsSchema } from '@/lib/contracts/schedule'
import { HoldfastError } from '@/lib/core/holdfast-error'
import { planStart } from '@/lib/core/schedule/plan-start'
import type { Tx } from '@/lib/db/client'
import { toJson } from '@/lib/db/to-json'
import type { ServiceContext } from '../context'
import { createJob } from '../job/create-job'
import { jobRules } from '../job/job-rules'
import { scheduledJob, type EvaluatedSchedule } from './scheduled-job'

/**
 * Starts one occurrence, at its time or when jitter and window let it; answers why it could not, or null. `dueAt` null
 * is a run that makes up for missed ones. A savepoint keeps a refused job from spoiling the rest.
 */
export async function startOccurrence(
  ctx: ServiceContext,
  tx: Tx,
  schedule: EvaluatedSchedule,
  dueAt: Date | null,
  now: Date,
): Promise<string | null> {
  const savepoint = `"occurrence-${randomUUID()}"`
  await tx.$executeRawUnsafe(`SAVEPOINT ${savepoint}`)
  try {
    const options = scheduleOptionsSchema.parse(schedule.options)
    const { id: scheduleId, timeZone } = schedule
    await createJob(ctx, tx, {
      ...(await scheduledJob(tx, schedule)),
      ...planStart(options, { scheduleId, dueAt, timeZone }, now),
      ...(dueAt ? { dueAt } : {}),
    })
    return null
  } catch (error) {
    await tx.$executeRawUnsafe(`ROLLBACK TO SAVEPOINT ${savepoint}`)
    if (!(error instanceof HoldfastError)) throw error
    if (error.code === 'already-running' && (await servesForBoth(ctx, tx, schedule, dueAt, error, now))) return null
    return error.message
  }
}

/**
 * Several occurrences can fall into the hours outside one window. The first waits for it to open and serves for the
 * others, too; they leave a row that says so and are not missed.
 */
async function servesForBoth(
  ctx: ServiceContext,
  tx: Tx,
  schedule: EvaluatedSchedule,
  dueAt: Date | null,
  refused: HoldfastError,
  now: Date,
): Promise<boolean> {
  const holderId = refused.facts['jobId']
  if (typeof holderId !== 'string') return false
  const holder = await tx.job.findUnique({ where: { id: holderId } })
  if (holder?.state !== 'queued' || !holder.startAfter || holder.startAfter <= now) return false
  if (holder.scheduleId !== schedule.id || !jobRules(holder.input).window) return false
  if (!dueAt) return true
  const message = `The run before it waits for its window until ${holder.startAfter.toISOString()} and serves for this one, too.`
  await tx.job.create({
    data: {
      kind: schedule.action,
      state: 'cancelled',
      input: {},
      actor: toJson(ctx.actor),
      sourceId: schedule.sourceId,
      scheduleId: schedule.id,
      dueAt,
      error: toJson({ code: 'served-by-another', message, facts: { jobId: holder.id } } satisfies Failure),
      finishedAt: now,
    },
  })
  return true
}
