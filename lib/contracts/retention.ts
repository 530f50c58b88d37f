import { z } from 'zod'
import { idSchema, patchOf, timeSchema } from './common'

/** What is kept. The last good backup of a source is always kept, whatever the rules say. */
export const retentionRulesSchema = z.object({
  /** Keep backups younger than this many days. */
  keepDays: z.number().int().min(1).max(36_500).optional(),
  /** Keep the newest N. */
  keepLast: z.number().int().min(1).max(10_000).optional(),
  /** Never go below N good backups. */
  minimum: z.number().int().min(1).max(1_000).default(1),
})
export type RetentionRules = z.infer<typeof retentionRulesSchema>

export const createRetentionPolicySchema = z.object({
  name: z.string().trim().min(1).max(100),
  rules: retentionRulesSchema.refine((r) => r.keepDays !== undefined || r.keepLast !== undefined, {
    message: 'Say what to keep: a number of days, a number of backups, or both',
  }),
})
export type CreateRetentionPolicy = z.infer<typeof createRetentionPolicySchema>
export const updateRetentionPolicySchema = patchOf(createRetentionPolicySchema)
export const retentionPolicySchema = z.object({
  id: idSchema,
  name: z.string(),
  rules: retentionRulesSchema,
  createdAt: timeSchema,
  updatedAt: timeSchema,
})
export type RetentionPolicy = z.infer<typeof retentionPolicySchema>

/** `POST /api/v1/admin/retention-policies/preview`: what rules would keep and delete of a source today. */
export const previewRetentionSchema = z.object({ sourceId: idSchema, rules: retentionRulesSchema })
export const retentionPreviewSchema = z.object({
  keepCount: z.number().int(),
  deleteCount: z.number().int(),
  deleteBytes: z.number().int(),
  backups: z.array(
    z.object({
      id: idSchema,
      startedAt: timeSchema,
      storedBytes: z.number().int(),
      keep: z.boolean(),
      reasons: z.array(z.string()),
    }),
  ),
})
