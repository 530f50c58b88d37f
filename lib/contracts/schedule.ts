import { z } from 'zod'
import { spellOut } from '../core/schedule/spell-out'
import { backupKindSchema } from './backup-kind'
import { idSchema, patchOf, timeSchema } from './common'

export const scheduleActions = ['backup', 'restore-test', 'drill'] as const
export const scheduleActionSchema = z.enum(['backup', 'restore-test'])
export type ScheduleAction = z.infer<typeof scheduleActionSchema>

export const restoreTestLevels = ['quick', 'standard', 'comprehensive'] as const
export const restoreTestLevelSchema = z.enum(restoreTestLevels)
export type RestoreTestLevel = z.infer<typeof restoreTestLevelSchema>

const clockSchema = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'Enter a time of day such as 22:00')

/** When work may begin, by the clock of the schedule's zone. From 22:00 to 06:00 goes on past midnight. */
export const workWindowSchema = z.object({
  from: clockSchema,
  to: clockSchema,
  /** Days on which it opens, 0 is Sunday; none named: every day. */
  days: z.array(z.number().int().min(0).max(6)).max(7).default([]),
})

/** How a job that failed for a passing reason is tried again. */
export const retryRulesSchema = z.object({
  /** The first run included. */
  attempts: z.number('Enter a number').int('Enter a whole number').min(1, 'At least 1').max(10, 'At most 10'),
  firstDelaySeconds: z
    .number('Enter a number')
    .int('Enter a whole number')
    .min(1, 'At least a second')
    .max(3_600, 'At most an hour')
    .default(60),
  /** Each further delay is this many times the one before. */
  factor: z.number('Enter a number').min(1, 'At least 1').max(10, 'At most 10').default(2),
})

/** Options of what the schedule starts. */
export const scheduleOptionsSchema = z.object({
  /** How a backup is taken; null: as the engine of the source usually does. */
  method: backupKindSchema.nullable().default(null),
  /** Level of a restore test. */
  level: restoreTestLevelSchema.default('standard'),
  /** Each run starts up to so much later than due, so that not everything starts at once. */
  jitterSeconds: z
    .number('Enter a number')
    .int('Enter a whole number')
    .min(0)
    .max(6 * 3_600, 'At most six hours')
    .default(0),
  /** A run that is due outside it waits until it opens. Null: any time. */
  window: workWindowSchema.nullable().default(null),
  /** Null: as the source says. */
  retries: retryRulesSchema.nullable().default(null),
})
export type ScheduleOptions = z.infer<typeof scheduleOptionsSchema>

/** Who switched a schedule off, when, and until when; without `until` it stays off until someone switches it on. */
export const schedulePauseSchema = z.object({ by: z.string(), at: timeSchema, until: timeSchema.nullable() })
export type SchedulePause = z.infer<typeof schedulePauseSchema>

/** What the schedule and the policy, which is a schedule for many sources, have in common. */
export const timingSchema = z.object({
  action: scheduleActionSchema,
  /** Five-field cron expression; checked by the service, which names the wrong field. `@daily` and its like are spelled out. */
  cron: z.string().trim().min(1).max(200).overwrite(spellOut),
  /** IANA name, e.g. Europe/Athens. */
  timeZone: z.string().min(1).max(64).default('UTC'),
  destinationIds: z.array(idSchema).max(10).default([]),
  /** Null keeps everything. */
  retentionPolicyId: idSchema.nullable(),
  /** What happens to occurrences missed while no worker ran: the latest runs late once, or all are skipped. Both leave rows. */
  catchUp: z.enum(['once', 'skip']).default('once'),
  options: scheduleOptionsSchema.prefault({}),
})

const scheduleFieldsSchema = timingSchema.extend({
  sourceId: idSchema,
  enabled: z.boolean().default(true),
})
export const createScheduleSchema = scheduleFieldsSchema.extend({
  /** Absent: daily at 02:00 for a backup, monthly for a restore test. */
  cron: scheduleFieldsSchema.shape.cron.optional(),
  /** Absent: the oldest policy for a backup, which is "Keep 30 days" on a fresh instance. */
  retentionPolicyId: scheduleFieldsSchema.shape.retentionPolicyId.optional(),
})
export type CreateSchedule = z.infer<typeof createScheduleSchema>

/** Options that are not named keep their values. */
export const updateScheduleSchema = patchOf(scheduleFieldsSchema.omit({ sourceId: true, action: true })).extend({
  options: patchOf(scheduleOptionsSchema).optional(),
  /** With `enabled: false`: when it goes on by itself; null: not by itself. */
  pausedUntil: timeSchema.nullable().optional(),
})
export type UpdateSchedule = z.infer<typeof updateScheduleSchema>

/** One coming run, with what a change of the clocks does to it in words. */
export const plannedRunSchema = z.object({ at: timeSchema, note: z.string().nullable() })
export type PlannedRun = z.infer<typeof plannedRunSchema>

export const scheduleSchema = scheduleFieldsSchema.extend({
  id: idSchema,
  sourceName: z.string(),
  retentionPolicyName: z.string().nullable(),
  /** The policy its timing comes from; it is changed there. */
  policyId: idSchema.nullable(),
  policyName: z.string().nullable(),
  pause: schedulePauseSchema.nullable(),
  /** The next five runs; empty while disabled. */
  nextRuns: z.array(timeSchema),
  lastJob: z
    .object({ id: idSchema, state: z.string(), dueAt: timeSchema.nullable(), finishedAt: timeSchema.nullable() })
    .nullable(),
  /** Why its last job has not begun; null when nothing holds it. */
  waitReason: z.string().nullable(),
  createdAt: timeSchema,
  updatedAt: timeSchema,
})
export type Schedule = z.infer<typeof scheduleSchema>

/** `POST /api/v1/admin/schedules/preview`: the next five runs of an expression that is not stored yet. */
export const schedulePreviewSchema = scheduleFieldsSchema.pick({ cron: true, timeZone: true }).extend({
  window: workWindowSchema.nullable().default(null),
  jitterSeconds: scheduleOptionsSchema.shape.jitterSeconds,
})
export type SchedulePreview = z.infer<typeof schedulePreviewSchema>
export const nextRunsSchema = z.object({
  nextRuns: z.array(timeSchema),
  /** The same runs, each with its note. */
  runs: z.array(plannedRunSchema),
  /** The next time the clocks of the zone are moved and what it means for this schedule; null when they never are. */
  clockChange: z.object({ at: timeSchema, words: z.string() }).nullable(),
})
export type NextRuns = z.infer<typeof nextRunsSchema>

export const scheduleFilterSchema = z.object({ sourceId: idSchema.optional(), policyId: idSchema.optional() })
