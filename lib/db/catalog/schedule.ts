import { z } from 'zod'
import { scheduleActionSchema, scheduleOptionsSchema, type Schedule } from '../../contracts/schedule'
import { nextRuns } from '../../core/schedule/next-runs'
import type { Prisma } from '../generated/client'
import type { ScheduleModel } from '../generated/models/Schedule'

/** What a query must include for `toSchedule`. */
export const scheduleInclude = {
  source: { select: { name: true } },
  retentionPolicy: { select: { name: true } },
} as const satisfies Prisma.ScheduleInclude

export type ScheduleRow = ScheduleModel & { source: { name: string }; retentionPolicy: { name: string } | null }
export type LastJobRow = { id: string; state: string; dueAt: Date | null; finishedAt: Date | null }

const catchUpSchema = z.enum(['once', 'skip'])
export const shownRuns = 5

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
    nextRuns: runs.map((run) => run.toISOString()),
    lastJob: lastJob && {
      id: lastJob.id,
      state: lastJob.state,
      dueAt: lastJob.dueAt?.toISOString() ?? null,
      finishedAt: lastJob.finishedAt?.toISOString() ?? null,
    },
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
  }
}
