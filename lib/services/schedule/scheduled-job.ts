import { scheduleActionSchema, scheduleOptionsSchema } from '@/lib/contracts/schedule'
import { commonOptionsSchema } from '@/lib/contracts/engines/common'
import type { Tx } from '@/lib/db/client'
import type { ScheduleModel } from '@/lib/db/generated/models/Schedule'
import type { SourceModel } from '@/lib/db/generated/models/Source'
import { chooseDestinations } from '../backup/choose-destinations'
import type { NewJob } from '../job/create-job'
import { engineContract } from '@/lib/contracts/engines/index'

export type EvaluatedSchedule = ScheduleModel & { source: SourceModel }

/** Attempts of a restore test that nobody set. */
const usualTestAttempts = 2

/** The job that a schedule starts. Throws what keeps it from being started (`destination-needed`, `not-found`). */
export async function scheduledJob(tx: Tx, schedule: EvaluatedSchedule): Promise<NewJob> {
  const { window, retries, level, method } = scheduleOptionsSchema.parse(schedule.options)
  const common = {
    scheduleId: schedule.id,
    sourceId: schedule.sourceId,
    ...(window || retries ? { rules: { window, timeZone: schedule.timeZone, retries } } : {}),
  }
  if (scheduleActionSchema.parse(schedule.action) === 'restore-test') {
    // Which backup is tested is decided when it runs: the latest good one then.
    return {
      ...common,
      kind: 'restore-test',
      input: { level },
      maxAttempts: retries?.attempts ?? usualTestAttempts,
      exclusiveKey: `latest:${schedule.sourceId}`,
    }
  }
  const host = engineContract(schedule.source.engine).loads(schedule.source)
  return {
    ...common,
    ...(host === null ? {} : { host }),
    kind: 'backup',
    input: {
      destinationIds: await chooseDestinations(tx, schedule.sourceId, schedule.destinationIds),
      ...(method === null ? {} : { method }),
    },
    maxAttempts: retries?.attempts ?? commonOptionsSchema.parse(schedule.source.options).maxAttempts,
    exclusiveKey: schedule.sourceId,
  }
}
