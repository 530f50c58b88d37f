import { z } from 'zod'
import { failureSchema, idSchema, jobStateSchema } from '../../contracts/common'
import { engineContract } from '../../contracts/engines/index'
import type { Restore } from '../../contracts/restore'
import type { RestoreModel } from '../generated/models/Restore'
import { parseOrNull } from './parse-or-null'

/** The `target` column: what was asked for, with the source filled in. */
export const storedTargetSchema = z.looseObject({ sourceId: idSchema })

/** A restore as the API shows it, with the source whose server it goes to. */
export function toRestore(row: RestoreModel, source: { name: string; engine: string }): Restore {
  const target = storedTargetSchema.parse(row.target)
  return {
    id: row.id,
    backupId: row.backupId,
    jobId: row.jobId,
    state: jobStateSchema.parse(row.state),
    target: { ...target, sourceName: source.name },
    place: engineContract(source.engine).describeTarget(target),
    error: parseOrNull(failureSchema, row.error),
    startedAt: row.startedAt.toISOString(),
    finishedAt: row.finishedAt?.toISOString() ?? null,
    durationMs: row.durationMs,
  }
}
