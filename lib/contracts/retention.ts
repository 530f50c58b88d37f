import { z } from 'zod'
import { isTimeZone } from '../core/schedule/is-time-zone'
import { idSchema, patchOf, timeSchema } from './common'
import { measureUnitSchema } from './repository/measure'
import { knownMeasures } from './repository/measure-words'

const count = (max: number) => z.number().int().min(0).max(max)

/** How many calendar hours, days, weeks, months and years keep one backup each: the newest good one. */
export const gfsSchema = z.object({
  hourly: count(8_784).default(0),
  daily: count(3_660).default(7),
  weekly: count(520).default(4),
  monthly: count(1_200).default(12),
  yearly: count(100).default(0),
})
export type GfsRules = z.infer<typeof gfsSchema>

/**
 * What is kept: whatever at least one rule keeps. The last good backup of a source is always kept, whatever the rules
 * say; so is a pinned one, and what a kept one needs to be restored.
 */
export const retentionRulesSchema = z.object({
  /** Keep backups younger than this many days. */
  keepDays: z.number().int().min(1).max(36_500).optional(),
  /** Keep the newest N. */
  keepLast: z.number().int().min(1).max(10_000).optional(),
  /** Keep the newest of each calendar period. */
  gfs: gfsSchema.optional(),
  /** IANA name of the zone in which days, weeks and months begin. */
  timeZone: z.string().min(1).max(64).default('UTC'),
  /** In each destination: above this many bytes the oldest go, but never below what is protected. */
  maxTotalBytes: z.number().int().min(1).optional(),
  /** Never go below N good backups. */
  minimum: z.number().int().min(1).max(1_000).default(1),
})
export type RetentionRules = z.infer<typeof retentionRulesSchema>
/** Rules as they may be written: what has a default may be left out. */
export type RetentionRulesInput = z.input<typeof retentionRulesSchema>

export const createRetentionPolicySchema = z.object({
  name: z.string().trim().min(1, 'Enter a name').max(100),
  rules: retentionRulesSchema
    .refine(
      (rules) =>
        rules.keepDays !== undefined ||
        rules.keepLast !== undefined ||
        rules.gfs !== undefined ||
        rules.maxTotalBytes !== undefined,
      { message: 'Say what to keep: days, a number of backups, calendar periods, or a size' },
    )
    .refine((rules) => !rules.gfs || Object.values(rules.gfs).some((kept) => kept > 0), {
      path: ['gfs'],
      message: 'Keep at least one calendar period',
    })
    .refine((rules) => isTimeZone(rules.timeZone), { path: ['timeZone'], message: 'This time zone is not known' }),
})
export type CreateRetentionPolicy = z.input<typeof createRetentionPolicySchema>
export const updateRetentionPolicySchema = patchOf(createRetentionPolicySchema).extend({
  /**
   * How many backups the preview said would go. Needed when the new rules delete what the old ones keep; refused when
   * the number is another one by now.
   */
  expectedDeleteCount: z.number().int().min(0).optional(),
})
export type UpdateRetentionPolicy = z.input<typeof updateRetentionPolicySchema>
export const retentionPolicySchema = z.object({
  id: idSchema,
  name: z.string(),
  rules: retentionRulesSchema,
  /** What goes by it: sources by their backup schedules, and destinations for the copies they hold. */
  usedBy: z.object({ sources: z.number().int(), destinations: z.number().int() }),
  createdAt: timeSchema,
  updatedAt: timeSchema,
})
export type RetentionPolicy = z.infer<typeof retentionPolicySchema>

/**
 * `POST /api/v1/admin/retention-policies/preview`: what rules would keep and delete today. With `sourceId`: of that
 * source, as if they were its own policy. With `policyId`: of every source and destination that goes by it.
 */
export const previewRetentionSchema = z
  .object({
    sourceId: idSchema.optional(),
    policyId: idSchema.optional(),
    /** Absent with `policyId`: the rules as they are. */
    rules: retentionRulesSchema.optional(),
  })
  .refine((input) => input.policyId !== undefined || (input.sourceId !== undefined && input.rules !== undefined), {
    message: 'Name a policyId, or a sourceId with rules',
  })
export type PreviewRetention = z.input<typeof previewRetentionSchema>

export const previewedBackupSchema = z.object({
  id: idSchema,
  sourceId: idSchema,
  startedAt: timeSchema,
  /** In all destinations together. */
  storedBytes: z.number().int(),
  keep: z.boolean(),
  reasons: z.array(z.string()),
  /** Bytes that go: all of it, or only the copies in some destinations. */
  deleteBytes: z.number().int(),
})
export type PreviewedBackup = z.infer<typeof previewedBackupSchema>

export const retentionPreviewSchema = z.object({
  /** Backups of which at least one copy stays, and backups that go altogether. */
  keepCount: z.number().int(),
  deleteCount: z.number().int(),
  /** Of `deleteCount`: those that today's rules keep. */
  addedCount: z.number().int(),
  /** In all destinations, copies that go alone included. */
  deleteBytes: z.number().int(),
  /** Money a month that is saved, and what is left to pay, at the instance's prices. */
  savedPerMonth: z.number(),
  costPerMonth: z.number(),
  currency: z.string(),
  graceDays: z.number().int(),
  sources: z.array(
    z.object({
      sourceId: idSchema,
      sourceName: z.string(),
      keepCount: z.number().int(),
      deleteCount: z.number().int(),
      addedCount: z.number().int(),
      deleteBytes: z.number().int(),
      paused: z.boolean(),
    }),
  ),
  /** Newest first; of several sources only those that go, at most 500. */
  backups: z.array(previewedBackupSchema),
})
export type RetentionPreview = z.infer<typeof retentionPreviewSchema>

/** One number of the newest backup that is far below what is usual. */
export const dropSchema = z.object({
  fact: z.string().meta({
    description:
      '`size`: bytes read from the source. Else the name of what its engine counted; engines to come bring others',
    'x-extensible-enum': ['size', ...knownMeasures],
  }),
  unit: measureUnitSchema.optional().meta({ description: 'Absent in what was found by an older version' }),
  value: z.number(),
  usual: z.number(),
})
export type Drop = z.infer<typeof dropSchema>

/** Why nothing of a source is deleted until someone has looked. */
export const retentionPauseSchema = z.object({
  since: timeSchema,
  backupId: idSchema,
  reason: z.string(),
  drops: z.array(dropSchema),
})
export type RetentionPause = z.infer<typeof retentionPauseSchema>

/** Answer of `GET /api/v1/admin/backups/{id}/retention`: why it is kept, or why and when it goes. */
export const backupRetentionSchema = z.object({
  /** False without a policy: then everything is kept. */
  limited: z.boolean(),
  keep: z.boolean(),
  reasons: z.array(z.string()),
  copies: z.array(
    z.object({
      destinationId: idSchema,
      destinationName: z.string(),
      keep: z.boolean(),
      reasons: z.array(z.string()),
    }),
  ),
})
export type BackupRetention = z.infer<typeof backupRetentionSchema>
