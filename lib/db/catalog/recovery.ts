import { z } from 'zod'
import { failureSchema } from '../../contracts/common'
import { engineContract } from '../../contracts/engines/index'
import {
  reachedSchema,
  recoveryPlanSchema,
  recoveryStates,
  recoveryTargetSchema,
  recoveryUses,
  takeSchema,
  type Recovery,
} from '../../contracts/recovery/recoveries'
import type { RecoveryModel } from '../generated/models/Recovery'
import { parseOrNull } from './parse-or-null'

/** The `input` column. */
export const storedRecoverySchema = z.object({
  target: recoveryTargetSchema,
  timeline: z.string().optional(),
  destinationId: z.uuid().optional(),
  use: z.enum(recoveryUses),
  /** With the target's source filled in. */
  take: takeSchema.extend({ into: z.looseObject({ sourceId: z.uuid() }) }).optional(),
  directory: z.string().optional(),
})
export type StoredRecovery = z.infer<typeof storedRecoverySchema>

/** A recovery as the API shows it. */
export function toRecovery(row: RecoveryModel & { source: { name: string; engine: string } }): Recovery {
  const { target, use, take, directory } = storedRecoverySchema.parse(row.input)
  return {
    id: row.id,
    sourceId: row.sourceId,
    sourceName: row.source.name,
    jobId: row.jobId,
    use,
    state: z.enum(recoveryStates).parse(row.state),
    target,
    plan: parseOrNull(recoveryPlanSchema, row.plan),
    reached: parseOrNull(reachedSchema, row.reached),
    place: take ? engineContract(row.source.engine).describeTarget(take.into) : (directory ?? null),
    databases: row.databases,
    notes: row.notes,
    steps: z.record(z.string(), z.number()).parse(row.steps),
    error: parseOrNull(failureSchema, row.error),
    startedAt: row.startedAt.toISOString(),
    finishedAt: row.finishedAt?.toISOString() ?? null,
    expiresAt: row.expiresAt?.toISOString() ?? null,
  }
}

/** What is read with a row to show it. */
export const withSource = { source: { select: { name: true, engine: true } } } as const
