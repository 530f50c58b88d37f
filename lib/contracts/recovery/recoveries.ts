import { z } from 'zod'
import { failureSchema, idSchema, pageQuerySchema, timeSchema } from '../common'

const value = z.string().trim().min(1).max(200)

/** A point of a source's log. Positions are the engine's own; times have a zone, so that nobody has to guess it. */
export const recoveryTargetSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('latest') }),
  /** The end of the newest base backup: as soon as it is consistent. */
  z.object({ type: z.literal('immediate') }),
  z.object({ type: z.literal('time'), value: z.iso.datetime({ offset: true }) }),
  z.object({ type: z.literal('lsn'), value }),
  z.object({ type: z.literal('xid'), value: z.string().regex(/^\d{1,10}$/, 'Give the number of the transaction') }),
  /** A named restore point. */
  z.object({ type: z.literal('name'), value: z.string().min(1).max(63) }),
])
export type PointTarget = z.infer<typeof recoveryTargetSchema>

/** `look`: read it in the browser. `take`: copy a database, or some of it, into a target. `hand-over`: get its data directory. */
export const recoveryUses = ['look', 'take', 'hand-over'] as const
export type RecoveryUse = (typeof recoveryUses)[number]

/** What is copied out of a recovered point, and where to. */
export const takeSchema = z.object({
  /** The database of the recovered server; absent: the source's own. */
  database: z.string().min(1).max(63).optional(),
  /** Some of it, as the engine's restores have it; absent: everything. */
  only: z.looseObject({}).optional(),
  /** As for restores. `sourceId`: the source whose server and credentials are used; absent: the recovered source's own. */
  into: z.looseObject({ sourceId: idSchema.optional() }),
})

/** Where a recovery goes: what its plan is made from. */
export const recoveryPointSchema = z.object({
  sourceId: idSchema,
  target: recoveryTargetSchema,
  timeline: value.optional().meta({ description: 'Absent: the newest one' }),
  destinationId: idSchema.optional().meta({ description: 'Read from this destination alone; absent: from any' }),
})
export type AskedPoint = z.infer<typeof recoveryPointSchema>

/** `POST /api/v1/admin/recoveries`. */
export const startRecoverySchema = recoveryPointSchema
  .extend({
    use: z.enum(recoveryUses),
    take: takeSchema.optional(),
    directory: z.string().min(1).max(4_000).optional().meta({
      description: "For a hand-over: a new folder on the worker's machine, whose parent exists",
    }),
  })
  .refine(({ use, take }) => (use === 'take') === (take !== undefined), {
    path: ['take'],
    message: 'Say with "take" what is copied and where to; other uses have none',
  })
  .refine(({ use, directory }) => (use === 'hand-over') === (directory !== undefined), {
    path: ['directory'],
    message: 'Name the new folder for a hand-over; other uses have none',
  })
export type StartRecovery = z.infer<typeof startRecoverySchema>

/** What a recovery will do, before it is begun. */
export const recoveryPlanSchema = z.object({
  backupId: idSchema.meta({ description: 'The base backup that it starts from' }),
  timeline: z.string(),
  /** As what it is run: a time that nothing was committed after is the latest state. */
  as: z.enum(['latest', 'immediate', 'time', 'lsn', 'xid', 'name']),
  position: z.string().nullable(),
  time: timeSchema.nullable(),
  because: z.string().nullable().meta({ description: 'Why it is run as something else than what was asked for' }),
  logBytes: z.number().int().meta({ description: 'Log that is replayed at most' }),
})
export type ShownPlan = z.infer<typeof recoveryPlanSchema>

/** `POST /api/v1/admin/recoveries/check`. */
export const recoveryCheckSchema = z.object({
  plan: recoveryPlanSchema.nullable().meta({ description: 'Null: the log has to be searched for the target first' }),
})
export type RecoveryCheck = z.infer<typeof recoveryCheckSchema>

/** `ready`: a look that is open. `finished`: taken, or handed over. `closed`: a look that was ended. */
export const recoveryStates = ['queued', 'running', 'ready', 'finished', 'failed', 'closed'] as const
export type RecoveryState = (typeof recoveryStates)[number]

export const reachedSchema = z.object({
  position: z.string(),
  timeline: z.string(),
  time: timeSchema.nullable().meta({ description: 'Of the last transaction that was replayed' }),
  xid: z.string().nullable(),
})

export const recoverySchema = z.object({
  id: idSchema,
  sourceId: idSchema,
  sourceName: z.string(),
  jobId: idSchema,
  use: z.enum(recoveryUses),
  state: z.enum(recoveryStates),
  target: recoveryTargetSchema,
  plan: recoveryPlanSchema.nullable(),
  reached: reachedSchema.nullable(),
  place: z.string().nullable().meta({ description: 'Where it goes, in words; null for a look' }),
  databases: z.array(z.string()).meta({ description: 'Of the recovered server, those that can be opened' }),
  notes: z.array(z.string()),
  steps: z.record(z.string(), z.number()).meta({ description: 'Milliseconds of each step' }),
  error: failureSchema.nullable(),
  startedAt: timeSchema,
  finishedAt: timeSchema.nullable(),
  expiresAt: timeSchema.nullable().meta({ description: 'When an open look is removed' }),
})
export type Recovery = z.infer<typeof recoverySchema>

export const recoveryFilterSchema = pageQuerySchema.extend({ sourceId: idSchema.optional() })

/** Limits of a statement in a look. */
export const queryLimits = { rows: 1_000, bytes: 1_000_000, ms: 30_000 } as const
/** An open look is removed after so long; extending it begins that anew, up to the longest. */
export const lookLastsMs = 2 * 3_600_000
export const longestLookMs = 24 * 3_600_000

/** `POST /api/v1/admin/recoveries/{id}/query`: one statement that reads. */
export const recoveryQuerySchema = z.object({
  sql: z.string().trim().min(1).max(20_000),
  database: z.string().min(1).max(63).optional().meta({ description: "Absent: the source's own" }),
})
export type RecoveryQuery = z.infer<typeof recoveryQuerySchema>

export const queryAnswerSchema = z.object({
  columns: z.array(z.string()),
  rows: z.array(z.array(z.string().nullable())).meta({ description: 'Values as the server writes them' }),
  truncated: z.boolean().meta({ description: 'There is more than the limits of rows and bytes allow' }),
  durationMs: z.number().int(),
})
export type QueryAnswer = z.infer<typeof queryAnswerSchema>

/** `POST /api/v1/admin/sources/{id}/restore-points`: a name for this moment. */
export const createRestorePointSchema = z.object({
  name: z
    .string()
    .trim()
    .min(1)
    .max(63)
    .regex(/^[^\u0000-\u001f]+$/, 'Give a name of one line'),
})
export type CreateRestorePoint = z.infer<typeof createRestorePointSchema>
