import { z } from 'zod'
import { backupKindSchema } from './backup-kind'
import { idSchema, patchOf, timeSchema } from './common'
import { plannedRunSchema, scheduleOptionsSchema, timingSchema } from './schedule'

const nameSchema = z.string().trim().min(1, 'Enter a name').max(100)

/** Timing, destinations and retention that many sources share. Each has a schedule of its own that follows the policy. */
const policyFieldsSchema = timingSchema.extend({
  name: nameSchema,
  /** The sources that follow it. */
  sourceIds: z.array(idSchema).max(2_000).default([]),
})
export const createPolicySchema = policyFieldsSchema
export type CreatePolicy = z.infer<typeof createPolicySchema>

/** What is not named stays. Taking sources out deletes their schedules, which must be said with `removeSchedules`. */
export const updatePolicySchema = patchOf(policyFieldsSchema.omit({ action: true })).extend({
  options: patchOf(scheduleOptionsSchema).optional(),
  removeSchedules: z.boolean().optional(),
})
export type UpdatePolicy = z.infer<typeof updatePolicySchema>

export const policySchema = timingSchema.extend({
  id: idSchema,
  name: z.string(),
  retentionPolicyName: z.string().nullable(),
  sources: z.array(z.object({ id: idSchema, name: z.string(), scheduleId: idSchema, enabled: z.boolean() })),
  nextRuns: z.array(timeSchema),
  createdAt: timeSchema,
  updatedAt: timeSchema,
})
export type Policy = z.infer<typeof policySchema>

/** How one source is looked after under a policy, in what a person compares. */
const policyViewSchema = z.object({
  cron: z.string(),
  timeZone: z.string(),
  enabled: z.boolean(),
  runs: z.array(plannedRunSchema),
  destinations: z.array(z.string()),
  /** Of the backups; null: as the engine of the source usually does. */
  kind: backupKindSchema.nullable(),
  /** Null keeps everything. */
  retention: z.string().nullable(),
})
export type PolicyView = z.infer<typeof policyViewSchema>

/** `POST /api/v1/admin/policies/{id}/preview`: what a change would do, source by source. Nothing is stored. */
export const policyPreviewSchema = z.object({
  changes: z.array(
    z.object({
      sourceId: idSchema,
      sourceName: z.string(),
      change: z.enum(['added', 'removed', 'changed', 'unchanged']),
      before: policyViewSchema.nullable(),
      after: policyViewSchema.nullable(),
      /** What differs, in words. */
      differences: z.array(z.string()),
      /** Other schedules of the source that do the same: it would be done twice. */
      besides: z.array(z.string()),
    }),
  ),
})
export type PolicyPreview = z.infer<typeof policyPreviewSchema>
export type PolicyChange = PolicyPreview['changes'][number]
