import { z } from 'zod'
import { idSchema, timeSchema } from './common'
import { backupSchema, verifiedSchema } from './backup'
import { jobSchema } from './job'

export const healthLevelSchema = z.enum(['healthy', 'degraded', 'unhealthy', 'unknown'])
export type HealthLevel = z.infer<typeof healthLevelSchema>

/** One reason why the health is not better, and what to do. */
export const healthReasonSchema = z.object({
  code: z.string(),
  level: healthLevelSchema,
  message: z.string(),
  sourceId: idSchema.optional(),
})
export type HealthReason = z.infer<typeof healthReasonSchema>

export const sourceStatusSchema = z.object({
  sourceId: idSchema,
  sourceName: z.string(),
  engine: z.string(),
  sample: z.boolean(),
  health: healthLevelSchema,
  reasons: z.array(healthReasonSchema),
  lastBackup: backupSchema.nullable(),
  lastGoodBackup: z
    .object({ id: idSchema, finishedAt: timeSchema, verified: verifiedSchema, storedBytes: z.number().int() })
    .nullable(),
  lastProven: z
    .object({ backupId: idSchema, provenAt: timeSchema, restoreDurationMs: z.number().nullable() })
    .nullable(),
  nextBackupAt: timeSchema.nullable(),
  nextRestoreTestAt: timeSchema.nullable(),
  /** Age of the newest good backup's data: what would be lost now. Null: everything would be. */
  exposureMs: z.number().nullable(),
  rpoObjectiveMs: z.number().nullable(),
  rtoObjectiveMs: z.number().nullable(),
  storedBytes: z.number().int(),
  backupCount: z.number().int(),
})
export type SourceStatus = z.infer<typeof sourceStatusSchema>

/** Which sources are shown; health, totals and trend are always of all. */
export const statusQuerySchema = z.object({
  /** Only so many sources and reasons, the worst first; absent: all. */
  limit: z.coerce.number().int().min(1).max(1_000).optional(),
  sourceId: idSchema.optional(),
  /** With 0 the trend is left out, and its list is empty: for whoever asks every few seconds. */
  trend: z.enum(['0', '1']).optional(),
})
export type StatusQuery = z.infer<typeof statusQuerySchema>

/** `GET /api/v1/admin/backups/status` */
export const statusSchema = z.object({
  health: healthLevelSchema,
  reasons: z.array(healthReasonSchema),
  checkedAt: timeSchema,
  worker: z.object({ alive: z.boolean(), lastSeenAt: timeSchema.nullable(), count: z.number().int() }),
  totals: z.object({
    sources: z.number().int(),
    protectedSources: z.number().int().meta({ description: 'Sources with a good backup' }),
    provenSources: z
      .number()
      .int()
      .meta({ description: 'Sources whose latest good backup, or one within its test interval, is proven' }),
    backups: z.number().int(),
    storedBytes: z.number().int(),
    failedLast24h: z.number().int(),
  }),
  sources: z.array(sourceStatusSchema),
  omitted: z
    .object({ sources: z.number().int(), reasons: z.number().int() })
    .meta({ description: 'How many were left out because of limit or sourceId' }),
  running: z.array(jobSchema.extend({ sourceName: z.string().optional() })),
  /** One point a day, oldest first, 30 days. */
  trend: z.array(
    z.object({
      day: z.iso.date(),
      sourceBytes: z.number(),
      storedBytes: z.number(),
      succeeded: z.number().int(),
      failed: z.number().int(),
      missed: z.number().int(),
    }),
  ),
})
export type Status = z.infer<typeof statusSchema>

/** `GET /api/v1/health`, for everyone: the web process answers and reaches the catalog. */
export const healthSchema = z.object({ status: z.literal('up') })

/** When `GET /api/v1/health/backup` answers 503: while unhealthy; with 1 while degraded too, with 0 never. */
export const healthQuerySchema = z.object({ strict: z.enum(['0', '1']).optional() })

/** `GET /api/v1/health/backup`; answered with 503 while unhealthy, so that a plain monitor understands it. */
export const backupHealthSchema = statusSchema.pick({ health: true, reasons: true, checkedAt: true })

/** `GET /api/v1/setup`: whether the first administrator is still to be made. */
export const setupNeededSchema = z.object({ needed: z.boolean() })
