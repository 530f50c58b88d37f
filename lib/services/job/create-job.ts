import { z } from 'zod'
import type { Actor } from '@/lib/contracts/common'
import type { JobKind } from '@/lib/contracts/job'
import { engineContract } from '@/lib/contracts/engines/index'
import { hostKey, isLimited } from '@/lib/core/job/limits'
import { HoldfastError } from '@/lib/core/holdfast-error'
import { asOwner } from '@/lib/db/as-owner'
import type { Tx } from '@/lib/db/client'
import type { JobModel } from '@/lib/db/generated/models/Job'
import { toJson } from '@/lib/db/to-json'
import { holdBackup } from '../backup/hold-backup'
import { findFullLimit } from './find-full-limit'
import { fullLimitWords } from './full-limit-words'
import type { JobRules } from './job-rules'

export interface NewJob {
  kind: JobKind
  input: Record<string, unknown>
  sourceId?: string
  backupId?: string
  scheduleId?: string
  dueAt?: Date
  maxAttempts: number
  /** Only one job of the kind with this key may wait or run. */
  exclusiveKey?: string
  /** The host it reads from, for the limit per host; a backup's is that of its source. */
  host?: string
  /** Where it writes, for the limit per destination; a backup's are those of its input. */
  destinationIds?: string[]
  /** Not begun before, for this reason in words: jitter, or a window. */
  startAfter?: Date | null
  waitReason?: string | null
  /** Window and retries of the schedule. */
  rules?: JobRules
}

/**
 * Writes the job's row in the caller's transaction; once that is committed, workers take it. What finds a limit full says
 * so. Throws `not-found` for a backup that is deleted, and `already-running` (facts: jobId) when the exclusive key is taken.
 */
export async function createJob(ctx: { actor: Actor }, tx: Tx, job: NewJob): Promise<JobModel> {
  // Before anything else is read: from here on retention sees this job, or this job that the backup is gone.
  if (job.backupId) await holdBackup(tx, job.backupId)
  const load = { kind: job.kind, host: await hostOf(tx, job), destinationIds: destinationsOf(job) }
  const startAfter = job.startAfter ?? null
  const limited = startAfter === null && isLimited(load)
  // All jobs count, those too that a limited token does not see.
  const full = limited ? await asOwner(tx, () => findFullLimit(tx, load, { queued: true })) : null
  const data = {
    kind: job.kind,
    state: 'queued',
    input: toJson(job.rules ? { ...job.input, rules: job.rules } : job.input),
    actor: toJson(ctx.actor),
    sourceId: job.sourceId ?? null,
    backupId: job.backupId ?? null,
    scheduleId: job.scheduleId ?? null,
    dueAt: job.dueAt ?? null,
    maxAttempts: job.maxAttempts,
    host: load.host,
    destinationIds: load.destinationIds,
    startAfter,
    exclusiveKey: job.exclusiveKey ?? null,
    waitReason: full ? await fullLimitWords(tx, full) : (job.waitReason ?? null),
  }
  // Nothing is written when the key is taken: a violation would spoil the caller's transaction.
  const [row] = await tx.job.createManyAndReturn({ data: [data], skipDuplicates: true })
  if (row) return row
  const holder = job.exclusiveKey
    ? await tx.job.findFirst({
        where: { kind: job.kind, exclusiveKey: job.exclusiveKey, state: { in: ['queued', 'running'] } },
        select: { id: true },
      })
    : null
  throw new HoldfastError('already-running', `This ${job.kind.replace('-', ' ')} is already waiting or running.`, {
    remedy: 'Wait for it to finish, or cancel it.',
    facts: holder ? { jobId: holder.id } : {},
  })
}

const inputSchema = z.object({ destinationIds: z.array(z.uuid()) })

/** A backup reads from its source's host, or from the replica that stands in for it. */
async function hostOf(tx: Tx, job: NewJob): Promise<string | null> {
  if (job.host !== undefined) return hostKey(job.host)
  if (job.kind !== 'backup' || !job.sourceId) return null
  const source = await tx.source.findUnique({
    where: { id: job.sourceId },
    select: { engine: true, connection: true, options: true },
  })
  return source && engineContract(source.engine).loads(source)
}

function destinationsOf(job: NewJob): string[] {
  if (job.destinationIds) return job.destinationIds
  if (job.kind !== 'backup') return []
  return inputSchema.safeParse(job.input).data?.destinationIds ?? []
}
