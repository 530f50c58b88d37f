import { z } from 'zod'
import { backupKindSchema } from './backup-kind'
import { engineNameSchema, failureSchema, idSchema, jobStateSchema, timeSchema } from './common'
import { restoreTestLevelSchema } from './schedule'

/** `proven`: a restore test passed. `broken`: a verify or restore test failed. `unproven`: neither yet. */
export const verifiedSchema = z.enum(['proven', 'unproven', 'broken'])
export type Verified = z.infer<typeof verifiedSchema>

/** `stored`: confirmed by size and checksum and the manifest written. */
export const copyStateSchema = z.enum(['pending', 'uploading', 'stored', 'failed', 'missing', 'damaged', 'deleted'])
export type CopyState = z.infer<typeof copyStateSchema>

export const copySchema = z.object({
  destinationId: idSchema,
  destinationName: z.string(),
  state: copyStateSchema,
  storedBytes: z.number().int(),
  storedAt: timeSchema.nullable(),
  verifiedAt: timeSchema.nullable(),
  /** As the store reports it; null where it has none, or before the first inventory. */
  storageClass: z.string().nullable(),
  /** Must be brought back (`POST .../thaw`) before it can be read. */
  archived: z.boolean(),
  /** Copy jobs that tried to store it. */
  attempts: z.number().int(),
  /** When a missing copy is retried automatically. */
  retryAt: timeSchema.nullable(),
  /** When this copy alone goes, by its destination's own policy, and why. */
  deleteAfter: timeSchema.nullable(),
  deleteReason: z.string().nullable(),
  error: failureSchema.nullable(),
})
export type Copy = z.infer<typeof copySchema>

export const backupSchema = z.object({
  id: idSchema,
  sourceId: idSchema,
  sourceName: z.string(),
  engine: engineNameSchema,
  jobId: idSchema,
  attempt: z.number().int(),
  kind: backupKindSchema,
  status: jobStateSchema,
  dueAt: timeSchema.nullable(),
  startedAt: timeSchema,
  finishedAt: timeSchema.nullable(),
  durationMs: z.number().nullable(),
  sourceBytes: z.number().int(),
  storedBytes: z.number().int(),
  verified: verifiedSchema,
  provenAt: timeSchema.nullable(),
  pinned: z.boolean(),
  note: z.string().nullable(),
  sample: z.boolean(),
  catalog: z.boolean().meta({ description: 'Holds the catalog: only administrators download or restore it' }),
  error: failureSchema.nullable(),
  withheld: z
    .array(z.string())
    .meta({ description: 'What is not in it because its role is not shown it: at best it is proven except for these' }),
  /** When it goes unless someone takes it back before (`POST .../{id}/keep`); null: no deletion is planned. */
  deleteAfter: timeSchema.nullable(),
  /** Whether its policy or a person decided that it goes. */
  deleteCause: z.enum(['policy', 'request']).nullable(),
  deletedAt: timeSchema.nullable(),
  deletedReason: z.string().nullable(),
  copies: z.array(copySchema),
})
export type Backup = z.infer<typeof backupSchema>

export const backupDetailSchema = backupSchema.extend({
  log: z.string().nullable(),
  warnings: z.array(z.string()).meta({ description: 'What the tools that took it warned of' }),
  manifest: z.record(z.string(), z.unknown()).nullable(),
  manifestSha256: z.string().nullable(),
  repositoryPath: z.string(),
})
export type BackupDetail = z.infer<typeof backupDetailSchema>

export const startBackupSchema = z.object({
  sourceId: idSchema,
  kind: backupKindSchema.optional(),
  /** Absent: the destinations of the source's schedules, else every destination if there is only one. */
  destinationIds: z.array(idSchema).min(1).max(10).optional(),
})
export type StartBackup = z.infer<typeof startBackupSchema>

export const updateBackupSchema = z.object({
  pinned: z.boolean().optional(),
  note: z.string().max(2_000).nullable().optional(),
})
export type UpdateBackup = z.infer<typeof updateBackupSchema>

/** `POST .../{id}/copies`: store a copy there, or try a missing one again now. */
export const startCopySchema = z.object({ destinationId: idSchema })
export type StartCopy = z.infer<typeof startCopySchema>

/** `POST .../{id}/thaw`: ask the store to bring an archived copy back for some days. */
export const thawCopySchema = z.object({
  destinationId: idSchema,
  days: z.number().int().min(1).max(365).default(7),
})
export type ThawCopy = z.infer<typeof thawCopySchema>

/** How far bringing a copy back is; it takes hours. */
export const thawedSchema = z.object({ state: z.enum(['requested', 'under-way', 'readable']) })
export type Thawed = z.infer<typeof thawedSchema>

/** `DELETE .../{id}`: after the grace time, or at once when the source's name is given. */
export const deleteBackupSchema = z.object({
  immediately: z
    .enum(['true', 'false'])
    .transform((value) => value === 'true')
    .optional(),
  /** Name of the source; needed to delete immediately. */
  confirm: z.string().max(200).optional(),
})
export type DeleteBackup = z.infer<typeof deleteBackupSchema>

export const backupFilterSchema = z.object({
  sourceId: idSchema.optional(),
  status: jobStateSchema.optional(),
  kind: backupKindSchema.optional(),
  verified: verifiedSchema.optional(),
  destinationId: idSchema.optional(),
  from: timeSchema.optional(),
  to: timeSchema.optional(),
  sort: z.enum(['startedAt', '-startedAt']).default('-startedAt'),
})
export type BackupFilter = z.infer<typeof backupFilterSchema>

export const downloadFormSchema = z.enum(['plain', 'sql', 'stored'])
export const downloadQuerySchema = z.object({
  form: downloadFormSchema.default('plain'),
  /** Read this copy; absent: the first one that can be read. */
  destinationId: idSchema.optional(),
})
export type DownloadForm = z.infer<typeof downloadFormSchema>

export const checkVerdictSchema = z.enum(['passed', 'failed', 'inconclusive'])
export type CheckVerdict = z.infer<typeof checkVerdictSchema>

export const checkSchema = z.object({
  name: z.string(),
  verdict: checkVerdictSchema,
  expected: z.union([z.string(), z.number()]).optional(),
  actual: z.union([z.string(), z.number()]).optional(),
  detail: z.string().optional(),
})
export type Check = z.infer<typeof checkSchema>

export const restoreTestSchema = z.object({
  id: idSchema,
  backupId: idSchema,
  sourceId: idSchema,
  sourceName: z.string(),
  engine: engineNameSchema,
  jobId: idSchema,
  level: restoreTestLevelSchema,
  verdict: checkVerdictSchema.nullable().meta({ description: 'null while it runs' }),
  checks: z.array(checkSchema),
  evidence: z.record(z.string(), z.unknown()).nullable(),
  signed: z.boolean().meta({ description: 'true when there is a signed evidence document' }),
  error: failureSchema.nullable(),
  startedAt: timeSchema,
  finishedAt: timeSchema.nullable(),
  durationMs: z.number().nullable(),
})
export type RestoreTest = z.infer<typeof restoreTestSchema>

export const restoreTestFilterSchema = z.object({
  backupId: idSchema.optional(),
  sourceId: idSchema.optional(),
  level: restoreTestLevelSchema.optional(),
})

export const startRestoreTestSchema = z
  .object({
    backupId: idSchema.optional(),
    sourceId: idSchema.optional(),
    level: restoreTestLevelSchema.default('standard'),
  })
  .refine((v) => v.backupId !== undefined || v.sourceId !== undefined, {
    message: 'Name a backupId, or a sourceId to test its latest backup',
  })
export type StartRestoreTest = z.infer<typeof startRestoreTestSchema>

/** `POST /api/v1/backup/verify`: read the stored bytes back (level quick of a restore test). */
export const startVerifySchema = z
  .object({ backupId: idSchema.optional(), sourceId: idSchema.optional() })
  .refine((v) => v.backupId !== undefined || v.sourceId !== undefined, { message: 'Name a backupId or a sourceId' })
