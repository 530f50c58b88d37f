import { z } from 'zod'
import { failureSchema, idSchema, timeSchema } from '../common'
import { findingSchema } from '../source'

/** `POST /api/v1/admin/sources/{id}/check-continuous`: what the server lacks for continuous protection. */
export const continuousCheckSchema = z.object({
  /** False while a finding is an error. */
  ready: z.boolean(),
  /** Each with the line or SQL to add; `restart` says that the server has to be restarted for it. */
  findings: z.array(findingSchema.extend({ restart: z.boolean().optional() })),
})
export type ContinuousCheck = z.infer<typeof continuousCheckSchema>

export const logStreamStates = ['starting', 'streaming', 'waiting', 'ending'] as const
export type LogStreamState = (typeof logStreamStates)[number]

/** What follows a source's log, as it last said. Positions are the engine's own. */
export const logStreamSchema = z.object({
  state: z.enum(logStreamStates),
  /** What the server keeps for Holdfast, so that it forgets nothing that is not stored. */
  slot: z.string(),
  timeline: z.string().nullable(),
  serverPosition: z.string().nullable(),
  storedPosition: z.string().nullable(),
  lagBytes: z.number().int().nullable().meta({ description: 'What the server has and no destination' }),
  error: failureSchema.nullable(),
  retryAt: timeSchema.nullable(),
})
export type LogStream = z.infer<typeof logStreamSchema>

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
