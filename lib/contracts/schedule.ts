import { z } from 'zod'
import { idSchema, patchOf, timeSchema } from './common'

export const scheduleActions = ['backup', 'restore-test', 'drill'] as const
export const scheduleActionSchema = z.enum(['backup', 'restore-test'])
export type ScheduleAction = z.infer<typeof scheduleActionSchema>

export const restoreTestLevels = ['quick', 'standard', 'comprehensive'] as const
export const restoreTestLevelSchema = z.enum(restoreTestLevels)
export type RestoreTestLevel = z.infer<typeof restoreTestLevelSchema>

/** Options of what the schedule starts. */
export const scheduleOptionsSchema = z.object({
  /** Level of a restore test. */
  level: restoreTestLevelSchema.default('standard'),
})

const scheduleFieldsSchema = z.object({
  sourceId: idSchema,
  action: scheduleActionSchema,
  /** Five-field cron expression; checked by the service, which names the wrong field. */
  cron: z.string().trim().min(1).max(200),
  /** IANA name, e.g. Europe/Athens. */
  timeZone: z.string().min(1).max(64).default('UTC'),
  destinationIds: z.array(idSchema).max(10).default([]),
  /** Null keeps everything. */
  retentionPolicyId: idSchema.nullable(),
  enabled: z.boolean().default(true),
  /** What happens to occurrences missed while no worker ran: the latest runs late once, or all are skipped. Both leave rows. */
  catchUp: z.enum(['once', 'skip']).default('once'),
  options: scheduleOptionsSchema.prefault({}),
})
export const createScheduleSchema = scheduleFieldsSchema.extend({
  /** Absent: daily at 02:00 for a backup, monthly for a restore test. */
  cron: scheduleFieldsSchema.shape.cron.optional(),
  /** Absent: the oldest policy for a backup, which is "Keep 30 days" on a fresh instance. */
  retentionPolicyId: scheduleFieldsSchema.shape.retentionPolicyId.optional(),
})
export type CreateSchedule = z.infer<typeof createScheduleSchema>
export const updateScheduleSchema = patchOf(scheduleFieldsSchema.omit({ sourceId: true, action: true }))
export type UpdateSchedule = z.infer<typeof updateScheduleSchema>

export const scheduleSchema = scheduleFieldsSchema.extend({
  id: idSchema,
  sourceName: z.string(),
  retentionPolicyName: z.string().nullable(),
  /** The next five runs; empty while disabled. */
  nextRuns: z.array(timeSchema),
  lastJob: z
    .object({ id: idSchema, state: z.string(), dueAt: timeSchema.nullable(), finishedAt: timeSchema.nullable() })
    .nullable(),
  createdAt: timeSchema,
  updatedAt: timeSchema,
})
export type Schedule = z.infer<typeof scheduleSchema>

/** `POST /api/v1/admin/schedules/preview`: the next five runs of an expression that is not stored yet. */
export const schedulePreviewSchema = scheduleFieldsSchema.pick({ cron: true, timeZone: true })
export const nextRunsSchema = z.object({ nextRuns: z.array(timeSchema) })

export const scheduleFilterSchema = z.object({ sourceId: idSchema.optional() })
