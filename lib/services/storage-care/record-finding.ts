import type { Failure } from '@/lib/contracts/common'
import { tellFailure } from '@/lib/core/tell-failure'
import type { Tx } from '@/lib/db/client'
import { Prisma } from '@/lib/db/generated/client'
import { toJson } from '@/lib/db/to-json'
import { raiseIncident } from '../incident/raise-incident'
import { resolveIncident } from '../incident/resolve-incident'

/** What a look at one copy found. `unknown`: it could not be asked now, which says nothing about it. */
export interface CopyFinding {
  copyId: string
  destinationName: string
  state: 'stored' | 'missing' | 'damaged' | 'unknown'
  failure: Failure | null
  /** What is worth noting about an intact copy. */
  note: string | null
}

/** One incident for each source in each destination: a failed disk is not reported a thousand times. */
const subjectOf = (copy: { destinationId: string }, sourceId: string) => `${copy.destinationId}:${sourceId}`

/**
 * Records the state a copy was found in. A damaged or missing one is reported, and due to be repaired from a good copy;
 * when the last one is intact again, the incident ends. `readBack`: all of its bytes were read.
 */
export async function recordFinding(
  tx: Tx,
  finding: CopyFinding,
  input: { readBack: boolean; now: Date },
): Promise<void> {
  if (finding.state === 'unknown') return
  const { now, readBack } = input
  const broken = finding.state !== 'stored'
  // A copy job, or retention, may have changed it since it was looked at: then what was found is out of date.
  const { count } = await tx.backupCopy.updateMany({
    where: { id: finding.copyId, state: { in: ['stored', 'damaged', 'missing'] }, backup: { deletedAt: null } },
    data: {
      state: finding.state,
      error: finding.failure ? toJson(finding.failure) : Prisma.DbNull,
      ...(broken ? {} : { retryAt: null }),
      ...(!broken && readBack ? { verifiedAt: now } : {}),
    },
  })
  if (count === 0) return
  const copy = await tx.backupCopy.findUniqueOrThrow({
    where: { id: finding.copyId },
    include: { backup: { select: { sourceId: true, startedAt: true, source: { select: { name: true } } } } },
  })
  const { sourceId, startedAt, source } = copy.backup
  if (!broken) return resolveDamage(tx, { destinationId: copy.destinationId, sourceId, now })
  if (copy.retryAt === null) await tx.backupCopy.update({ where: { id: copy.id }, data: { retryAt: now } })
  const whole = await tx.backupCopy.count({ where: { backupId: copy.backupId, state: 'stored' } })
  if (whole === 0) await tx.backup.update({ where: { id: copy.backupId }, data: { verified: 'broken' } })
  await raiseIncident(
    tx,
    {
      event: 'copy-damaged',
      severity: 'critical',
      subjectId: subjectOf(copy, sourceId),
      sourceId,
      title: `A copy of ${source.name} in ${finding.destinationName} is ${finding.state}`,
      body: [
        `The backup of ${startedAt.toISOString()}: ${finding.failure ? tellFailure(finding.failure) : `its copy is ${finding.state}.`}`,
        whole > 0 ? 'It is repaired from another copy automatically.' : 'There is no other copy of it.',
      ].join(' '),
      facts: { backupId: copy.backupId, destinationId: copy.destinationId, state: finding.state, otherCopies: whole },
    },
    now,
  )
}

/**
 * Ends the incident of a source in a destination once none of its copies there is damaged or missing any more. One that is
 * being replaced, or could not be, is not whole yet either.
 */
export async function resolveDamage(
  tx: Tx,
  input: { destinationId: string; sourceId: string; now: Date },
): Promise<void> {
  const { destinationId, sourceId, now } = input
  const left = await tx.backupCopy.count({
    where: {
      destinationId,
      backup: { sourceId, deletedAt: null },
      OR: [
        { state: { in: ['damaged', 'missing'] } },
        { state: { in: ['uploading', 'failed'] }, backup: { status: 'succeeded' } },
      ],
    },
  })
  if (left === 0) await resolveIncident(tx, ['copy-damaged'], subjectOf(input, sourceId), now)
}
