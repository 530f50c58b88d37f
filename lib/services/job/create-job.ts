import type { Actor } from '@/lib/contracts/common'
import type { JobKind } from '@/lib/contracts/job'
import { HoldfastError } from '@/lib/core/holdfast-error'
import type { Tx } from '@/lib/db/client'
import type { JobModel } from '@/lib/db/generated/models/Job'
import { toJson } from '@/lib/db/to-json'
import type { ServiceContext } from '../context'

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
}

/**
 * Writes the job's row and hands it to the queue in the caller's transaction. Throws `already-running` (facts: jobId)
 * when the exclusive key is taken; the transaction must then be rolled back.
 */
export async function createJob(
  ctx: Pick<ServiceContext, 'queue'> & { actor: Actor },
  tx: Tx,
  job: NewJob,
): Promise<JobModel> {
  const row = await tx.job.create({
    data: {
      kind: job.kind,
      state: 'queued',
      input: toJson(job.input),
      actor: toJson(ctx.actor),
      sourceId: job.sourceId ?? null,
      backupId: job.backupId ?? null,
      scheduleId: job.scheduleId ?? null,
      dueAt: job.dueAt ?? null,
      maxAttempts: job.maxAttempts,
    },
  })
  const taken = await ctx.queue.enqueue(tx, {
    id: row.id,
    kind: job.kind,
    maxAttempts: job.maxAttempts,
    ...(job.exclusiveKey ? { exclusiveKey: job.exclusiveKey } : {}),
  })
  if (taken) return row
  const holder = await tx.job.findFirst({
    where: {
      kind: job.kind,
      state: { in: ['queued', 'running'] },
      id: { not: row.id },
      ...(job.sourceId ? { sourceId: job.sourceId } : {}),
      ...(job.kind === 'restore-test' && job.backupId ? { backupId: job.backupId } : {}),
    },
    orderBy: { createdAt: 'desc' },
  })
  throw new HoldfastError('already-running', `This ${job.kind.replace('-', ' ')} is already waiting or running.`, {
    remedy: 'Wait for it to finish, or cancel it.',
    facts: holder ? { jobId: holder.id } : {},
  })
}
