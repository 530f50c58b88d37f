import { z } from 'zod'
import {
  scheduleActionSchema,
  scheduleOptionsSchema,
  schedulePauseSchema,
  type Schedule,
  type SchedulePause,
} from '../../contracts/schedule'
import { nextRuns } from '../../core/schedule/next-runs'
import type { Prisma } from '../generated/client'
import type { ScheduleModel } from '../generated/models/Schedule'

/** What a query must include for `toSchedule`. */
export const scheduleInclude = {
  source: { select: { name: true } },
  retentionPolicy: { select: { name: true } },
  policy: { select: { name: true } },
} as const satisfies Prisma.ScheduleInclude

export type ScheduleRow = ScheduleModel & {
  source: { name: string }
  retentionPolicy: { name: string } | null
  policy: { name: string } | null
}
export type LastJobRow = {
  id: string
  state: string
  dueAt: Date | null
  finishedAt: Date | null
  waitReason: string | null
}

export const catchUpSchema = z.enum(['once', 'skip'])
export const shownRuns = 5
const pausedSchema = z.object({ pause: schedulePauseSchema.nullable().default(null) })

/** Who switched it off; it lies beside the options, which are what was set. */
export function pauseOf(row: { options: unknown }): SchedulePause | null {
  return pausedSchema.safeParse(row.options).data?.pause ?? null
}

/** A schedule as the API shows it, with its next five runs after `now` and the job it started last. */
export function toSchedule(row: ScheduleRow, lastJob: LastJobRow | null, now: Date): Schedule {
  const runs = row.enabled ? nextRuns(row.cron, row.timeZone, now, shownRuns) : []
  return {
    id: row.id,
    sourceId: row.sourceId,
    sourceName: row.source.name,
    action: scheduleActionSchema.parse(row.action),
    cron: row.cron,
    timeZone: row.timeZone,
    enabled: row.enabled,
    catchUp: catchUpSchema.parse(row.catchUp),
    destinationIds: row.destinationIds,
    retentionPolicyId: row.retentionPolicyId,
    retentionPolicyName: row.retentionPolicy?.name ?? null,
    options: scheduleOptionsSchema.parse(row.options),
    policyId: row.policyId,
    policyName: row.policy?.name ?? null,
    pause: row.enabled ? null : pauseOf(row),
    nextRuns: runs.map((run) => run.toISOString()),
    lastJob: lastJob && {
      id: lastJob.id,
      state: lastJob.state,
      dueAt: lastJob.dueAt?.toISOString() ?? null,
      finishedAt: lastJob.finishedAt?.toISOString() ?? null,
    },
    waitReason: lastJob?.state === 'queued' ? lastJob.waitReason : null,
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
  }
}
