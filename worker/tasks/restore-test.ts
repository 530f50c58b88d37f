import { z } from 'zod'
import type { Check, CheckVerdict } from '@/lib/contracts/backup'
import type { Failure } from '@/lib/contracts/common'
import { restoreTestLevelSchema } from '@/lib/contracts/schedule'
import { sourceOptionsSchema } from '@/lib/contracts/source'
import { HoldfastError, toFailure } from '@/lib/core/holdfast-error'
import type { Tx } from '@/lib/db/client'
import { Prisma } from '@/lib/db/generated/client'
import { toJson } from '@/lib/db/to-json'
import { goodBackupWhere } from '@/lib/services/backup/good-backups'
import { openGoodCopy } from '@/lib/services/backup/open-good-copy'
import { partOpener } from '@/lib/services/backup/part-opener'
import { raiseJobIncident } from '@/lib/services/incident/raise-job-incident'
import { resolveIncident } from '@/lib/services/incident/resolve-incident'
import { assertLease } from '@/lib/services/job/assert-lease'
import type { Task, TaskArgs } from '../task'
import { copyChecks, verifyCopies, type CopyFinding } from './restore-test/verify-copies'
import { overallVerdict } from '@/lib/core/verdict/overall-verdict'

const inputSchema = z.object({ level: restoreTestLevelSchema })

/** Proves one backup: its copies, and from level standard on by restoring it into a sandbox. Fail-closed. */
export const restoreTestTask: Task = {
  async run(args) {
    const { ctx, job, run } = args
    const { level } = inputSchema.parse(job.input)
    const backup = await findBackup(args)
    const startedAt = ctx.clock.now()
    const testId = await openRow(args, backup.id, level, startedAt)
    const copies = await verifyCopies(args, backup, level === 'quick')
    const checks: Check[] = copyChecks(copies, level === 'quick')
    let evidence: Record<string, unknown> = {
      copies: copies.map(({ destinationName, state }) => ({ destinationName, state })),
    }
    let failure: Failure | null = null
    if (level !== 'quick' && copies.some((copy) => copy.state === 'stored')) {
      const readable = copies.filter((copy) => copy.state === 'stored').map((copy) => copy.copyId)
      const from = backup.copies.find((copy) => readable.includes(copy.id))
      const copy = await openGoodCopy(ctx, { backupId: backup.id, destinationId: from?.destinationId }, run)
      try {
        const proof = await ctx
          .engine(copy.manifest.source.engine)
          .prove({ manifest: copy.manifest, open: partOpener(copy), level, sandboxRoot: args.sandboxRoot }, run)
        checks.push(...proof.checks)
        const { rtoObjectiveMs } = sourceOptionsSchema.parse(backup.source.options)
        evidence = {
          ...evidence,
          ...proof.evidence,
          readFrom: copy.destinationName,
          restoreDurationMs: proof.restoreDurationMs,
          ...(rtoObjectiveMs === undefined
            ? {}
            : { rtoObjectiveMs, withinObjective: proof.restoreDurationMs <= rtoObjectiveMs }),
        }
      } catch (error) {
        run.signal.throwIfAborted()
        if (error instanceof HoldfastError && error.transient) throw error
        failure = toFailure(error)
        run.logger.error('the restore test could not be carried out', { ...failure })
        checks.push({ name: 'sandbox', verdict: 'inconclusive', detail: failure.message })
      } finally {
        await copy.close()
      }
    }
    const verdict = overallVerdict(checks)
    run.logger.info(`verdict: ${verdict}`)
    const told = verdict === 'passed' ? null : (failure ?? verdictFailure(checks, verdict))
    return {
      outcome: told === null ? { type: 'succeeded' } : { type: 'failed', failure: told, transient: false },
      commit: (tx) =>
        commitTest(args, tx, { testId, backup, level, verdict, checks, evidence, copies, failure: told, startedAt }),
    }
  },
}

async function findBackup({ ctx, job }: TaskArgs) {
  const include = { copies: { include: { destination: true } }, source: true } as const
  const backup = job.backupId
    ? await ctx.db.backup.findFirst({ where: { id: job.backupId, deletedAt: null }, include })
    : await ctx.db.backup.findFirst({
        where: { ...goodBackupWhere, sourceId: job.sourceId ?? '' },
        orderBy: { startedAt: 'desc' },
        include,
      })
  if (backup) return backup
  throw new HoldfastError('no-good-backup', 'There is no good backup to test.', { remedy: 'Take a backup first.' })
}

async function openRow({ ctx, job }: TaskArgs, backupId: string, level: string, startedAt: Date): Promise<string> {
  return ctx.db.$transaction(async (tx) => {
    await assertLease(tx, job)
    const row = await tx.restoreTest.create({ data: { backupId, jobId: job.id, level, checks: [], startedAt } })
    await tx.job.update({ where: { id: job.id }, data: { restoreTestId: row.id, backupId } })
    return row.id
  })
}

function verdictFailure(checks: Check[], verdict: CheckVerdict): Failure {
  const bad = checks.filter((check) => check.verdict === (verdict === 'failed' ? 'failed' : 'inconclusive'))
  const told = bad.map((check) => (check.detail ? `${check.name}: ${check.detail}` : check.name)).join('; ')
  return verdict === 'failed'
    ? {
        code: 'restore-test-failed',
        message: `The restore test failed. ${told}`,
        remedy: 'Do not rely on this backup: take a new one and test it.',
      }
    : {
        code: 'restore-test-inconclusive',
        message: `The restore test could not decide. ${told}`,
        remedy: 'Remove the cause and test again.',
      }
}

async function commitTest(
  { ctx, job }: TaskArgs,
  tx: Tx,
  end: {
    testId: string
    backup: { id: string; sourceId: string }
    level: string
    verdict: CheckVerdict
    checks: Check[]
    evidence: Record<string, unknown>
    copies: CopyFinding[]
    failure: Failure | null
    startedAt: Date
  },
): Promise<void> {
  const now = ctx.clock.now()
  await tx.restoreTest.update({
    where: { id: end.testId },
    data: {
      verdict: end.verdict,
      checks: toJson(end.checks),
      evidence: toJson(end.evidence),
      error: end.failure ? toJson(end.failure) : Prisma.DbNull,
      finishedAt: now,
      durationMs: now.getTime() - end.startedAt.getTime(),
    },
  })
  for (const copy of end.copies) {
    if (copy.state === 'unknown') continue
    const full = end.level === 'quick' && copy.state === 'stored'
    await tx.backupCopy.update({
      where: { id: copy.copyId },
      data: {
        state: copy.state,
        error: copy.failure ? toJson(copy.failure) : Prisma.DbNull,
        ...(full ? { verifiedAt: now } : {}),
      },
    })
  }
  const noCopyLeft = end.copies.every((copy) => copy.state === 'missing' || copy.state === 'damaged')
  const restoreFailed = end.checks.some((check) => check.verdict === 'failed' && !check.name.startsWith('cop'))
  if (end.verdict === 'passed' && end.level !== 'quick') {
    await tx.backup.update({ where: { id: end.backup.id }, data: { verified: 'proven', provenAt: now } })
  } else if (end.verdict === 'failed' && (noCopyLeft || restoreFailed)) {
    await tx.backup.update({ where: { id: end.backup.id }, data: { verified: 'broken' } })
  }
  if (end.failure) await raiseJobIncident(tx, { job, failure: end.failure, now })
  else await resolveIncident(tx, ['restore-test-failed'], end.backup.sourceId, now)
}
