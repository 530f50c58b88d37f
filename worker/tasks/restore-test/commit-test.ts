import type { Check, CheckVerdict } from '@/lib/contracts/backup'
import type { Failure } from '@/lib/contracts/common'
import type { Tx } from '@/lib/db/client'
import { Prisma } from '@/lib/db/generated/client'
import type { BackupModel } from '@/lib/db/generated/models/Backup'
import type { SourceModel } from '@/lib/db/generated/models/Source'
import { toJson } from '@/lib/db/to-json'
import { auditHead } from '@/lib/services/audit/audit-head'
import { raiseJobIncident } from '@/lib/services/incident/raise-job-incident'
import { resolveIncident } from '@/lib/services/incident/resolve-incident'
import { instanceId } from '@/lib/services/instance/instance-settings'
import { recordFinding, type CopyFinding } from '@/lib/services/storage-care/record-finding'
import type { TaskArgs } from '../../task'
import type { ChainFinding } from './verify-chain'
import { buildEvidence } from './build-evidence'

export interface FinishedTest {
  testId: string
  backup: BackupModel & { source: SourceModel }
  level: string
  verdict: CheckVerdict
  checks: Check[]
  /** What was restored is not what was backed up; a copy that is damaged says nothing of the others. */
  restoreFailed: boolean
  evidence: Record<string, unknown>
  copies: CopyFinding[]
  /** Of the backups that it builds on. */
  chain: ChainFinding[]
  failure: Failure | null
  startedAt: Date
}

/** Writes the verdict, the signed evidence, what the copies were found to be, and what that makes of the backup. */
export async function commitTest({ ctx, job }: TaskArgs, tx: Tx, end: FinishedTest): Promise<void> {
  const now = ctx.clock.now()
  const { level, verdict, checks, backup, failure, startedAt } = end
  const { withheld, warnings } = backup
  const evidence = {
    ...end.evidence,
    ...(withheld.length > 0 ? { notInBackup: withheld } : {}),
    ...(warnings.length > 0 ? { backupWarnings: warnings } : {}),
  }
  const signedEvidence = await buildEvidence(
    {
      instanceId: await instanceId(tx),
      restoreTestId: end.testId,
      level,
      verdict,
      backup,
      checks,
      facts: evidence,
      failure,
      startedAt,
      finishedAt: now,
      auditHead: await auditHead(tx),
    },
    ctx.vault,
  )
  await tx.restoreTest.update({
    where: { id: end.testId },
    data: {
      verdict,
      checks: toJson(checks),
      evidence: toJson(evidence),
      signedEvidence,
      error: failure ? toJson(failure) : Prisma.DbNull,
      finishedAt: now,
      durationMs: now.getTime() - startedAt.getTime(),
    },
  })
  for (const copy of end.copies) {
    await recordFinding(tx, copy, { readBack: level === 'quick', now })
  }
  for (const { found } of end.chain) {
    // What was found damaged before is not whole again because it has its size.
    if (!found || (found.state === 'damaged' && !found.failure)) continue
    await recordFinding(tx, found, { readBack: false, now })
  }
  const noCopyLeft = end.copies.every((copy) => copy.state === 'missing' || copy.state === 'damaged')
  if (verdict === 'passed' && level !== 'quick') {
    await tx.backup.update({ where: { id: backup.id }, data: { verified: 'proven', provenAt: now } })
  } else if (verdict === 'failed' && (noCopyLeft || end.restoreFailed || (await hasLostBase(tx, backup.dependsOn)))) {
    await tx.backup.update({ where: { id: backup.id }, data: { verified: 'broken' } })
  }
  if (failure) await raiseJobIncident(tx, { job, failure, now })
  else if (level !== 'quick' || (await lastRestoredWell(tx, backup.sourceId)))
    await resolveIncident(tx, ['restore-test-failed'], backup.sourceId, now)
}

/** Whether a backup that it builds on is stored nowhere any more. */
async function hasLostBase(tx: Tx, dependsOn: string[]): Promise<boolean> {
  const stored = await tx.backup.count({ where: { id: { in: dependsOn }, copies: { some: { state: 'stored' } } } })
  return stored < dependsOn.length
}

/** A quick test restores nothing: it cannot answer for a test that did, and did not pass. */
async function lastRestoredWell(tx: Tx, sourceId: string): Promise<boolean> {
  const last = await tx.restoreTest.findFirst({
    where: { backup: { sourceId }, level: { not: 'quick' }, finishedAt: { not: null } },
    orderBy: { finishedAt: 'desc' },
    select: { verdict: true },
  })
  return last === null || last.verdict === 'passed'
}
