import { z } from 'zod'
import { type Restore, tableSelectionSchema } from '../../contracts/backup'
import { failureSchema, idSchema, jobStateSchema } from '../../contracts/common'
import type { RestoreModel } from '../generated/models/Restore'
import { parseOrNull } from './parse-or-null'

/** The `target` column: what was asked for, with the source filled in. */
export const storedTargetSchema = z.object({
  sourceId: idSchema,
  database: z.string(),
  owners: z.enum(['keep', 'drop']),
  only: tableSelectionSchema.optional(),
  parallelism: z.number().int().optional(),
})

/** A restore as the API shows it; `sourceName` is that of the target's source. */
export function toRestore(row: RestoreModel, sourceName: string): Restore {
  return {
    id: row.id,
    backupId: row.backupId,
    jobId: row.jobId,
    state: jobStateSchema.parse(row.state),
    target: { ...storedTargetSchema.parse(row.target), sourceName },
    error: parseOrNull(failureSchema, row.error),
    startedAt: row.startedAt.toISOString(),
    finishedAt: row.finishedAt?.toISOString() ?? null,
    durationMs: row.durationMs,
  }
}
