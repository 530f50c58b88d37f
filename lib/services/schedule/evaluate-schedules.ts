import { randomUUID } from 'node:crypto'
import { scheduleActionSchema, scheduleOptionsSchema } from '@/lib/contracts/schedule'
import { sourceOptionsSchema } from '@/lib/contracts/source'
import { HoldfastError, toFailure } from '@/lib/core/holdfast-error'
import { dueRuns } from '@/lib/core/schedule/due-runs'
import { planOccurrences } from '@/lib/core/schedule/plan-occurrences'
import type { Tx } from '@/lib/db/client'
import type { ScheduleModel } from '@/lib/db/generated/models/Schedule'
import type { SourceModel } from '@/lib/db/generated/models/Source'
import { chooseDestinations } from '../backup/choose-destinations'
import type { ServiceContext } from '../context'
import { raiseIncident } from '../incident/raise-incident'
import { createJob } from '../job/create-job'
import { recordMissed } from './record-missed'

/** More missed occurrences than this are counted, not listed: a year of hourly runs must not become 8,760 rows. */
const listedOccurrences = 100
/** The cursor may run ahead of the clock by this much before it is taken for a clock that jumped. */
const cursorToleranceMs = 120_000

/**
 * Turns due occurrences into jobs. Every worker calls it every minute; each schedule is locked while it is looked at
 * and its cursor moves in the same transaction, so an occurrence becomes one job whoever ticks. `now` is the
 * database's clock, never the worker's own.
 */
export async function evaluateSchedules(args: {
  ctx: ServiceContext
  now: Date
}): Promise<{ started: number; missed: number }> {
  const { ctx, now } = args
  const ids = await ctx.db.schedule.findMany({
    where: { enabled: true, deletedAt: null, source: { deletedAt: null } },
    select: { id: true },
  })
  const total = { started: 0, missed: 0 }
  for (const { id } of ids) {
    try {
      const result = await ctx.db.$transaction((tx) => evaluateSchedule(ctx, tx, id, now), { timeout: 30_000 })
      total.started += result.started
      total.missed += result.missed
    } catch (error) {
      // One broken schedule must not keep the others from running.
      ctx.logger.error('a schedule could not be evaluated', { scheduleId: id, error: toFailure(error).message })
    }
  }
  return total
}

async function evaluateSchedule(
  ctx: ServiceContext,
  tx: Tx,
  id: string,
  now: Date,
): Promise<{ started: number; missed: number }> {
  const locked = await tx.$queryRaw<{ id: string }[]>`
    SELECT id FROM schedule WHERE id = ${id}::uuid AND enabled AND deleted_at IS NULL FOR UPDATE SKIP LOCKED`
  if (locked.length === 0) return { started: 0, missed: 0 }
  const schedule = await tx.schedule.findUniqueOrThrow({ where: { id }, include: { source: true } })
  if (schedule.evaluatedUntil.getTime() > now.getTime() + cursorToleranceMs) {
    ctx.logger.warn('the clock was set back; the schedule goes on from now', { scheduleId: id })
    await tx.schedule.update({ where: { id }, data: { evaluatedUntil: now } })
    return { started: 0, missed: 0 }
  }
  const due = dueRuns(schedule.cron, schedule.timeZone, schedule.evaluatedUntil, now, listedOccurrences)
  if (due.runs.length === 0) return { started: 0, missed: 0 }
  await tx.schedule.update({ where: { id }, data: { evaluatedUntil: now } })

  // After the clock was set back, occurrences come by again: what ran does not run twice, and what a clock that was
  // ahead had recorded as missed runs now, under no time of its own.
  const known = await tx.job.findMany({
    where: { scheduleId: id, dueAt: { in: due.runs } },
    select: { dueAt: true, state: true },
  })
  const seen = new Map(known.map((job) => [job.dueAt?.getTime(), job.state]))
  const fresh = due.runs.filter((run) => !seen.has(run.getTime()) || seen.get(run.getTime()) === 'missed')
  const planned = planOccurrences(fresh, now, schedule.catchUp === 'skip' ? 'skip' : 'once')
  const plan = { ...planned, missed: planned.missed.filter((run) => !seen.has(run.getTime())) }
  for (const dueAt of plan.missed)
    await recordMissed(ctx, tx, schedule, dueAt, now, 'No worker was running when it was due.')
  let started = 0
  const refused: string[] = []
  const starts = plan.start.map((run) => (seen.has(run.getTime()) ? null : run))
  for (const dueAt of [...starts, ...(plan.catchUp ? [null] : [])]) {
    const outcome = await startOccurrence(ctx, tx, schedule, dueAt)
    if (outcome === null) started += 1
    else {
      refused.push(outcome)
      if (dueAt) await recordMissed(ctx, tx, schedule, dueAt, now, outcome)
    }
  }
  const missed = plan.missed.length + due.omitted + refused.length
  if (missed > 0) {
    const what = schedule.action === 'backup' ? 'Backup' : 'Restore test'
    await raiseIncident(
      tx,
      {
        event: schedule.action === 'backup' ? 'backup-missed' : 'restore-test-failed',
        severity: 'critical',
        subjectId: schedule.sourceId,
        sourceId: schedule.sourceId,
        title: `${what} of ${schedule.source.name} was missed`,
        body:
          `${missed} ${missed === 1 ? 'run was' : 'runs were'} due and did not start. ` +
          (refused[0] ?? `No worker was running.${plan.catchUp ? ' One late run makes up for it now.' : ''}`),
        facts: { scheduleId: schedule.id, missed, oldest: due.runs[0] },
      },
      now,
    )
  }
  return { started, missed }
}

/** Starts one occurrence; answers why it could not, or null. A savepoint keeps a refused job from spoiling the rest. */
async function startOccurrence(
  ctx: ServiceContext,
  tx: Tx,
  schedule: ScheduleModel & { source: SourceModel },
  dueAt: Date | null,
): Promise<string | null> {
  const savepoint = `"occurrence-${randomUUID()}"`
  await tx.$executeRawUnsafe(`SAVEPOINT ${savepoint}`)
  try {
    const action = scheduleActionSchema.parse(schedule.action)
    const common = { scheduleId: schedule.id, sourceId: schedule.sourceId, ...(dueAt ? { dueAt } : {}) }
    if (action === 'backup') {
      const destinationIds = await chooseDestinations(tx, schedule.sourceId, schedule.destinationIds)
      await createJob(ctx, tx, {
        ...common,
        kind: 'backup',
        input: { destinationIds },
        maxAttempts: sourceOptionsSchema.parse(schedule.source.options).maxAttempts,
        exclusiveKey: schedule.sourceId,
      })
    } else {
      // Which backup is tested is decided when it runs: the latest good one then.
      const { level } = scheduleOptionsSchema.parse(schedule.options)
      await createJob(ctx, tx, {
        ...common,
        kind: 'restore-test',
        input: { level },
        maxAttempts: 2,
        exclusiveKey: `latest:${schedule.sourceId}`,
      })
    }
    return null
  } catch (error) {
    await tx.$executeRawUnsafe(`ROLLBACK TO SAVEPOINT ${savepoint}`)
    if (!(error instanceof HoldfastError)) throw error
    return error.message
  }
}
