import { failureSchema, type Failure, type StoredFailure } from '@/lib/contracts/common'
import { isBehind, isInTime } from '@/lib/core/copy/behind'
import { tellFailure } from '@/lib/core/tell-failure'
import { commonOptionsSchema } from '@/lib/contracts/engines/common'
import type { Tx } from '@/lib/db/client'
import { Prisma } from '@/lib/db/generated/client'
import { toJson } from '@/lib/db/to-json'
import { raiseIncident } from '@/lib/services/incident/raise-incident'
import { resolveIncident } from '@/lib/services/incident/resolve-incident'

/** States of a copy that was requested and is not there. A damaged one is reported as damaged. */
const notThere = ['pending', 'uploading', 'failed']

/**
 * Updates a partial backup from its copies: `succeeded` once all of them are stored, otherwise partial, naming those that
 * are missing. A copy that is behind but not late yet is named without an alert. Ends the incident when the source has no
 * partial backup left. Never makes a whole backup partial: a copy that is added later is not something the backup lacked.
 */
export async function updatePartialBackup(tx: Tx, input: { backupId: string; now: Date }): Promise<void> {
  const { backupId, now } = input
  const backup = await tx.backup.findUniqueOrThrow({
    where: { id: backupId },
    select: {
      sourceId: true,
      jobId: true,
      status: true,
      finishedAt: true,
      source: { select: { name: true, options: true } },
      copies: { include: { destination: { select: { name: true, deletedAt: true } } }, orderBy: { id: 'asc' } },
    },
  })
  if (backup.status === 'partial') {
    // Nothing can be stored in a destination that was deleted.
    const missing = backup.copies.filter((copy) => notThere.includes(copy.state) && copy.destination.deletedAt === null)
    const failure = missing.length === 0 ? null : copiesMissing(missing)
    await tx.backup.update({
      where: { id: backupId },
      data: failure ? { error: toJson(failure) } : { status: 'succeeded', error: Prisma.DbNull },
    })
    const times = { finishedAt: backup.finishedAt, rpoObjectiveMs: rpoOf(backup.source) }
    if (failure && !missing.every((copy) => isInTime(copy, times, now)))
      await raisePartial(tx, { backupId, ...backup, failure, now })
  }
  await resolvePartial(tx, { sourceId: backup.sourceId, now })
}

/** Ends the incident of missing copies unless a backup of the source still lacks one that raised an alert. */
export async function resolvePartial(tx: Tx, input: { sourceId: string; now: Date }): Promise<void> {
  const missing = { state: { in: notThere }, destination: { deletedAt: null } }
  const left = await tx.backup.findMany({
    where: {
      sourceId: input.sourceId,
      status: 'partial',
      deletedAt: null,
      sample: false,
      copies: { some: missing },
    },
    select: {
      finishedAt: true,
      source: { select: { options: true } },
      copies: { where: missing, select: { state: true, error: true } },
    },
  })
  const told = left.some(({ finishedAt, source, copies }) =>
    copies.some((copy) => !isInTime(copy, { finishedAt, rpoObjectiveMs: rpoOf(source) }, input.now)),
  )
  if (!told) await resolveIncident(tx, ['backup-partial'], input.sourceId, input.now)
}

const optionsSchema = commonOptionsSchema.pick({ rpoObjectiveMs: true })

/** What a source promises of the age of its data, null without an objective. */
export const rpoOf = (source: { options: unknown }): number | null =>
  optionsSchema.safeParse(source.options).data?.rpoObjectiveMs ?? null

/** Tells that a backup lacks copies. */
export async function raisePartial(
  tx: Tx,
  input: {
    backupId: string
    sourceId: string
    jobId: string
    source: { name: string }
    failure: StoredFailure
    now: Date
  },
): Promise<void> {
  const { backupId, sourceId, jobId, source, failure, now } = input
  await raiseIncident(
    tx,
    {
      event: 'backup-partial',
      severity: 'warning',
      subjectId: sourceId,
      sourceId,
      title: `Backup of ${source.name} is missing a copy`,
      body: tellFailure(failure),
      facts: { jobId, backupId },
    },
    now,
  )
}

/** Which copies a backup lacks and why, in the words of its row. */
export function copiesMissing(missing: { destination: { name: string }; state: string; error: unknown }[]): Failure {
  if (missing.every(isBehind)) return copiesBehind(missing)
  const told = missing.map(({ destination, error }) => {
    const failure = failureSchema.safeParse(error)
    return `${destination.name}: ${failure.success ? failure.data.message : 'it is being copied'}`
  })
  const remedies = missing.flatMap(({ destination, error }) => {
    const remedy = failureSchema.safeParse(error).data?.remedy
    return remedy ? [tellFailure({ message: `${destination.name}: ${remedy}` })] : []
  })
  return {
    code: 'copy-failed',
    message: `The backup was not stored in ${told.join('; ')}`,
    remedy: `${remedies.length > 0 ? remedies.join(' ') : 'Test the destination.'} The copy is made up for by itself as soon as it can be.`,
  }
}

/** Nothing is wrong; it is not done yet. */
function copiesBehind(missing: { destination: { name: string }; error: unknown }[]): Failure {
  const reasons = missing.flatMap(({ error }) => failureSchema.safeParse(error).data ?? [])
  const names = missing.map(({ destination }) => destination.name).join(', ')
  const remedy = reasons[0]?.remedy
  return {
    code: 'copy-behind',
    message: `The backup is still to be copied to ${names}. ${reasons.map(tellMessage).join(' ')}`,
    ...(remedy ? { remedy } : {}),
  }
}

const tellMessage = ({ message }: Pick<Failure, 'message'>): string => tellFailure({ message })
