import { z } from 'zod'
import { failureSchema, idSchema, timeSchema } from '../common'
import { findingSchema } from '../source'
import { logWaySchema } from './protection'

/** How the log is to come; absent: as the source has it. */
export const checkContinuousSchema = z.object({ log: logWaySchema.optional() })

/** `POST /api/v1/admin/sources/{id}/check-continuous`: what the server lacks for continuous protection. */
export const continuousCheckSchema = z.object({
  /** False while a finding is an error. */
  ready: z.boolean(),
  /** Each with the line or SQL to add; `restart` says that the server has to be restarted for it. */
  findings: z.array(findingSchema.extend({ restart: z.boolean().optional() })),
})
export type ContinuousCheck = z.infer<typeof continuousCheckSchema>

/** A file of a log, by the name that the server gave it. */
export const logFileParamsSchema = z.object({ id: idSchema, name: z.string().min(1).max(200) })

/** `PUT /api/v1/admin/sources/{id}/log/{name}`. */
export const pushedLogSchema = z.object({
  outcome: z.enum(['stored', 'already-stored', 'not-needed']).meta({
    description: 'not-needed: no recovery asks for such a file, or no kept base backup needs this part of the log',
  }),
})
export type PushedLog = z.infer<typeof pushedLogSchema>

export const logStreamStates = ['starting', 'streaming', 'waiting', 'ending'] as const
export type LogStreamState = (typeof logStreamStates)[number]

/** What the server keeps of its log until it is stored, as it was last asked. */
export const keptOnServerSchema = z.object({
  at: timeSchema,
  bytes: z.number().int().nullable().meta({ description: 'Null: it keeps nothing' }),
  limitBytes: z.number().int().nullable().meta({ description: 'Null: it keeps all, whatever its disk holds' }),
  spareBytes: z.number().int().nullable().meta({
    description: 'What it can still write before it removes log that is not stored; null: without a limit, or lost',
  }),
  state: z.enum(['kept', 'doomed', 'lost', 'absent']).meta({
    description: '`doomed`: some is removed at the next checkpoint; `absent`: there is no slot',
  }),
  isRead: z.boolean().meta({ description: 'Somebody reads it now' }),
})
export type KeptOnServer = z.infer<typeof keptOnServerSchema>

/** What follows a source's log, as it last said. Positions are the engine's own. */
export const logStreamSchema = z.object({
  state: z.enum(logStreamStates),
  slot: z.string().nullable().meta({
    description:
      'What the server keeps for Holdfast, so that it forgets nothing that is not stored; null: it hands its log in',
  }),
  timeline: z.string().nullable(),
  serverPosition: z.string().nullable(),
  storedPosition: z.string().nullable(),
  lagBytes: z.number().int().nullable().meta({ description: 'What the server has and no destination' }),
  kept: keptOnServerSchema.nullable().meta({ description: 'Null until the server was asked' }),
  error: failureSchema.nullable(),
  retryAt: timeSchema.nullable(),
})
export type LogStream = z.infer<typeof logStreamSchema>

/** A named restore point that was written into the log from here. */
export const restorePointSchema = z.object({
  name: z.string(),
  timeline: z.string(),
  position: z.string(),
  at: timeSchema,
})
export type RestorePoint = z.infer<typeof restorePointSchema>

/** An interval that can be recovered to, proven continuous. Times are those of commits by the server's clock. */
export const recoveryWindowSchema = z.object({
  timeline: z.string(),
  from: timeSchema,
  to: timeSchema,
  fromPosition: z.string(),
  toPosition: z.string(),
  backupIds: z.array(idSchema).meta({ description: 'The base backups that it is recovered from' }),
  endsBecause: z.string().nullable().meta({ description: 'Null: it goes on' }),
})
export type RecoveryWindow = z.infer<typeof recoveryWindowSchema>

/** An interval of the log that is stored nowhere, or to which no base backup leads. */
export const logGapSchema = z.object({
  timeline: z.string(),
  from: timeSchema.nullable(),
  to: timeSchema.nullable(),
  fromPosition: z.string(),
  toPosition: z.string(),
  because: z.string(),
})
export type LogGap = z.infer<typeof logGapSchema>

/** `GET /api/v1/admin/sources/{id}/windows`. */
export const recoveryWindowsSchema = z.object({
  windows: z.array(recoveryWindowSchema),
  gaps: z.array(logGapSchema),
  restorePoints: z.array(restorePointSchema).meta({ description: 'Named from here, newest first' }),
  /** The same for each destination alone. */
  destinations: z.array(
    z.object({ destinationId: idSchema, windows: z.array(recoveryWindowSchema), gaps: z.array(logGapSchema) }),
  ),
  exposureMs: z.number().int().nullable().meta({
    description: 'Age of the oldest commit that would be lost with the server now; null while nobody knows',
  }),
  latestCommitAt: timeSchema.nullable().meta({ description: 'The newest commit that is stored' }),
  streaming: logStreamSchema.nullable().meta({ description: 'Null: the log is not followed' }),
})
export type RecoveryWindows = z.infer<typeof recoveryWindowsSchema>
