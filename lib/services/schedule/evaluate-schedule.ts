import { dueRuns } from '@/lib/core/schedule/due-runs'
import { planTick, wasSetBack, type KnownOccurrence } from '@/lib/core/schedule/plan-tick'
import type { Tx } from '@/lib/db/client'
import { jsonObject } from '@/lib/db/catalog/json-object'
import type { ServiceContext } from '../context'
import { raiseIncident } from '../incident/raise-incident'
import { recordMissed } from './record-missed'
import type { EvaluatedSchedule } from './scheduled-job'
import { startOccurrence } from './start-occurrence'

/** More missed occurrences than this are counted, not listed: a year of hourly runs must not become 8,760 rows. */
const listedOccurrences = 100

/** Looks at one schedule, unless another worker does; moves its cursor to `now` with whatever became of what was due. */
export async function evaluateSchedule(
  ctx: ServiceContext,
  tx: Tx,
  id: string,
  now: Date,
): Promise<{ started: number; missed: number }> {
  const nothing = { started: 0, missed: 0 }
  const locked = await tx.$queryRaw<{ id: string }[]>`
    SELECT id FROM schedule WHERE id = ${id}::uuid AND enabled AND deleted_at IS NULL FOR UPDATE SKIP LOCKED`
  if (locked.length === 0) return nothing
  const schedule = await tx.schedule.findUniqueOrThrow({ where: { id }, include: { source: true } })
  if (wasSetBack(schedule.evaluatedUntil, now)) {
    ctx.logger.warn('the clock was set back; the schedule goes on from now', { scheduleId: id })
    await tx.schedule.update({ where: { id }, data: { evaluatedUntil: now } })
    return nothing
  }
  const due = dueRuns(schedule.cron, schedule.timeZone, schedule.evaluatedUntil, now, listedOccurrences)
  if (due.runs.length === 0) return nothing
  await tx.schedule.update({ where: { id }, data: { evaluatedUntil: now } })

  const plan = planTick(due.runs, await knownOccurrences(tx, id, due.runs), now, catchUpOf(schedule))
  for (const dueAt of plan.missed) {
    await recordMissed(ctx, tx, schedule, dueAt, now, 'No worker was running when it was due.')
  }
  let started = 0
  const refused: string[] = []
  for (const dueAt of plan.start) {
    const outcome = await startOccurrence(ctx, tx, schedule, dueAt, now)
    if (outcome === null) started += 1
    else {
      refused.push(outcome)
      await recordMissed(ctx, tx, schedule, dueAt, now, outcome)
    }
  }
  // These have a row already, so the job has no time of its own.
  for (const dueAt of [...plan.revive, ...(plan.catchUp ? [null] : [])]) {
    const outcome = await startOccurrence(ctx, tx, schedule, null, now)
    if (outcome === null) started += 1
    else refused.push(outcome)
    if (dueAt) await markMadeUp(tx, id, dueAt)
  }
  const missed = plan.missed.length + due.omitted + refused.length
  if (missed > 0) await tellMissed(tx, schedule, { missed, catchUp: plan.catchUp, why: refused[0], now })
  return { started, missed }
}

const catchUpOf = (schedule: { catchUp: string }) => (schedule.catchUp === 'skip' ? 'skip' : 'once')

async function knownOccurrences(tx: Tx, scheduleId: string, runs: Date[]): Promise<Map<number, KnownOccurrence>> {
  const rows = await tx.job.findMany({
    where: { scheduleId, dueAt: { in: runs } },
    select: { dueAt: true, state: true, input: true },
  })
  return new Map(
    rows.map((job) => {
      const open = job.state === 'missed' && jsonObject(job.input)['madeUp'] !== true
      return [job.dueAt?.getTime() ?? 0, open ? 'missed' : 'done']
    }),
  )
}

/** A run that was recorded as missed and has started since is not started again. */
async function markMadeUp(tx: Tx, scheduleId: string, dueAt: Date): Promise<void> {
  await tx.job.updateMany({ where: { scheduleId, dueAt, state: 'missed' }, data: { input: { madeUp: true } } })
}

async function tellMissed(
  tx: Tx,
  schedule: EvaluatedSchedule,
  found: { missed: number; catchUp: boolean; why: string | undefined; now: Date },
): Promise<void> {
  const { missed, now } = found
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
        (found.why ?? `No worker was running.${found.catchUp ? ' One late run makes up for it now.' : ''}`),
      facts: { scheduleId: schedule.id, missed },
    },
    now,
  )
}
