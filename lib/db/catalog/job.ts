import { actorSchema, failureSchema, jobStateSchema } from '../../contracts/common'
import { jobKindSchema, progressSchema, type Job } from '../../contracts/job'
import type { JobModel } from '../generated/models/Job'
import { parseOrNull } from './parse-or-null'

/** A job as the API shows it; what did not happen yet is absent. `durationMs` is the last attempt's. */
export function toJob(row: Omit<JobModel, 'log'>): Job {
  return {
    id: row.id,
    kind: jobKindSchema.parse(row.kind),
    state: jobStateSchema.parse(row.state),
    progress: parseOrNull(progressSchema, row.progress),
    error: parseOrNull(failureSchema, row.error) ?? undefined,
    attempt: row.attempt,
    maxAttempts: row.maxAttempts,
    actor: actorSchema.parse(row.actor),
    cancelRequested: row.cancelRequestedAt !== null,
    dueAt: row.dueAt?.toISOString(),
    startAfter: row.startAfter?.toISOString(),
    waitReason: row.waitReason ?? undefined,
    createdAt: row.createdAt.toISOString(),
    startedAt: row.startedAt?.toISOString(),
    finishedAt: row.finishedAt?.toISOString(),
    durationMs: row.startedAt && row.finishedAt ? row.finishedAt.getTime() - row.startedAt.getTime() : undefined,
    sourceId: row.sourceId ?? undefined,
    backupId: row.backupId ?? undefined,
    restoreTestId: row.restoreTestId ?? undefined,
    restoreId: row.restoreId ?? undefined,
  }
}
