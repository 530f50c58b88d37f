import { methodFor } from '../backup/method-for'
import type { Failure } from '@/lib/contracts/common'
import { scheduleOptionsSchema } from '@/lib/contracts/schedule'
import type { Tx } from '@/lib/db/client'
import type { ScheduleModel } from '@/lib/db/generated/models/Schedule'
import { toJson } from '@/lib/db/to-json'
import type { ServiceContext } from '../context'

/** Leaves the row of a run that was due and did not start: a job, and for backups a line of the history. */
export async function recordMissed(
  ctx: Pick<ServiceContext, 'actor'>,
  tx: Tx,
  schedule: ScheduleModel,
  dueAt: Date,
  now: Date,
  why: string,
): Promise<void> {
  const failure: Failure = { code: 'missed', message: `The run due at ${dueAt.toISOString()} did not start. ${why}` }
  const job = await tx.job.create({
    data: {
      kind: schedule.action,
      state: 'missed',
      input: {},
      actor: toJson(ctx.actor),
      sourceId: schedule.sourceId,
      scheduleId: schedule.id,
      dueAt,
      error: toJson(failure),
      finishedAt: now,
    },
  })
  if (schedule.action !== 'backup') return
  const { method } = scheduleOptionsSchema.parse(schedule.options)
  const source = await tx.source.findUniqueOrThrow({
    where: { id: schedule.sourceId },
    select: { engine: true, protection: true },
  })
  await tx.backup.create({
    data: {
      sourceId: schedule.sourceId,
      jobId: job.id,
      kind: method ?? methodFor(source, null).kind,
      status: 'missed',
      dueAt,
      startedAt: dueAt,
      finishedAt: now,
      repositoryPath: '',
      error: toJson(failure),
    },
  })
}
