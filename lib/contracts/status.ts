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

/** How far a source is proven, and what came after its newest proven backup (all there is, where none is proven). */
const proofSchema = z.object({
  newestProven: z
    .object({
      backupId: idSchema,
      startedAt: timeSchema.meta({ description: 'The point its data stands for: proven up to here' }),
      finishedAt: timeSchema.nullable(),
      provenAt: timeSchema.nullable(),
      except: z
        .array(z.string())
        .meta({ description: 'What it lacks: what its role is not shown, or what cannot be read' }),
    })
    .nullable()
    .meta({ description: 'The newest proven backup that is still stored' }),
  newer: z
    .object({
      untested: z.number().int(),
      broken: z.number().int(),
      failed: z.number().int(),
      missed: z.number().int(),
    })
    .meta({ description: 'Of the last hundred runs that are newer; a hundred means at least so many' }),
  words: z.string().meta({ description: 'The same in a sentence, times in UTC' }),
})

export const sourceStatusSchema = z.object({
  sourceId: idSchema,
  sourceName: z.string(),
  engine: z.string(),
  sample: z.boolean(),
  isCatalog: z.boolean().meta({ description: 'Holdfast’s own catalog, which is never counted as your database' }),
  health: healthLevelSchema,
  reasons: z.array(healthReasonSchema),
  lastBackup: backupSchema.nullable(),
  lastGoodBackup: z
    .object({
      id: idSchema,
      startedAt: timeSchema,
      finishedAt: timeSchema,
      verified: verifiedSchema,
      storedBytes: z.number().int(),
    })
    .nullable(),
  lastProven: z
    .object({ backupId: idSchema, provenAt: timeSchema, restoreDurationMs: z.number().nullable() })
    .nullable()
    .meta({ description: 'When a restore test last passed, also of a backup that has been deleted since' }),
  proof: proofSchema,
  nextBackupAt: timeSchema.nullable(),
  nextRestoreTestAt: timeSchema.nullable(),
  exposureMs: z.number().nullable().meta({
    description:
      'Age of the data that is stored, by the newest good backup or by the log: what would be lost now if it restores. Null: everything would be',
  }),
  provenExposureMs: z.number().nullable().meta({
    description:
      'Age of the data that is proven to be restorable, by the newest proven backup or by the log that leads on from it: what would be lost now at most. Null: nothing is proven',
  }),
  rpoObjectiveMs: z.number().nullable(),
  rtoObjectiveMs: z.number().nullable(),
  storedBytes: z.number().int(),
  backupCount: z.number().int(),
})
export type SourceStatus = z.infer<typeof sourceStatusSchema>

/** Only `proven` is green. */
export const headlineSchema = z.object({
  text: z.string(),
  tone: z.enum(['proven', 'info', 'neutral', 'warn', 'bad']),
})
export type Headline = z.infer<typeof headlineSchema>

/** Which sources are shown; health, totals and trend are always of all. */
export const statusQuerySchema = z.object({
  /** Only so many sources and reasons, the worst first; absent: all. */
  limit: z.coerce.number().int().min(1).max(1_000).optional(),
  sourceId: idSchema.optional(),
  /** With 0 the trend is left out and its list is empty: for clients that poll every few seconds. */
  trend: z.enum(['0', '1']).optional(),
})
export type StatusQuery = z.infer<typeof statusQuerySchema>

const countsSchema = z.object({
  sources: z.number().int(),
  protectedSources: z.number().int().meta({ description: 'Sources with a good backup' }),
  provenSources: z.number().int().meta({
    description: 'Sources with a stored backup that is proven, within its test interval, and nothing newer broken',
  }),
  exceptSources: z.number().int().meta({
    description: 'Those of them whose backups lack something',
  }),
})

/** `GET /api/v1/admin/backups/status` */
export const statusSchema = z.object({
  health: healthLevelSchema,
  headline: headlineSchema.meta({ description: 'The worst fact about your sources, in one sentence' }),
  reasons: z.array(healthReasonSchema),
  checkedAt: timeSchema,
  worker: z.object({ alive: z.boolean(), lastSeenAt: timeSchema.nullable(), count: z.number().int() }),
  totals: countsSchema.extend({
    own: countsSchema.meta({ description: 'The same without Holdfast’s own catalog' }),
    backups: z.number().int(),
    storedBytes: z.number().int(),
    failedLast24h: z.number().int(),
  }),
  catalog: z
    .object({ sourceId: idSchema, health: healthLevelSchema, words: z.string() })
    .nullable()
    .meta({ description: 'Holdfast’s own catalog, where it is a source' }),
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
export const backupHealthSchema = statusSchema.pick({ health: true, headline: true, reasons: true, checkedAt: true })

/** `GET /api/v1/setup`: whether the first administrator is still to be made. */
export const setupNeededSchema = z.object({ needed: z.boolean() })
