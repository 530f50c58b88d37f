import { z } from 'zod'
import { actorSchema, failureSchema, idSchema, jobStateSchema, timeSchema } from './common'

export const jobKinds = [
  'backup',
  'restore-test',
  'restore',
  'recovery',
  'retention',
  'cleanup',
  'copy',
  'reverify',
  'inventory',
  'rewrap',
] as const
export const jobKindSchema = z.enum(jobKinds)
export type JobKind = z.infer<typeof jobKindSchema>

export const progressSchema = z.object({
  phase: z.string().meta({ description: 'What the worker does now, in words', example: 'uploading' }),
  doneBytes: z.number().int().nonnegative(),
  totalBytes: z.number().int().nonnegative().optional(),
  ratePerSecondBytes: z.number().nonnegative().optional(),
  etaMs: z.number().nonnegative().optional(),
})
export type Progress = z.infer<typeof progressSchema>

export const jobSchema = z.object({
  id: idSchema,
  kind: jobKindSchema,
  state: jobStateSchema,
  progress: progressSchema.nullable(),
  error: failureSchema.optional(),
  attempt: z.number().int(),
  maxAttempts: z.number().int(),
  actor: actorSchema,
  cancelRequested: z.boolean(),
  dueAt: timeSchema.optional(),
  /** Not begun before. */
  startAfter: timeSchema.optional(),
  waitReason: z.string().optional().meta({
    description: 'Why a queued job has not begun (a full limit, a window, a retry); absent: it waits for a worker',
  }),
  createdAt: timeSchema,
  startedAt: timeSchema.optional(),
  finishedAt: timeSchema.optional(),
  durationMs: z.number().optional(),
  sourceId: idSchema.optional(),
  backupId: idSchema.optional(),
  restoreTestId: idSchema.optional(),
  restoreId: idSchema.optional(),
})
export type Job = z.infer<typeof jobSchema>

/** Answer (202) to whatever starts work. */
export const startedSchema = z.object({ jobId: idSchema, job: jobSchema })
export type Started = z.infer<typeof startedSchema>

export const jobFilterSchema = z.object({
  state: jobStateSchema.optional(),
  kind: jobKindSchema.optional(),
  sourceId: idSchema.optional(),
})
