import { z } from 'zod'
import type { Check } from '@/lib/contracts/backup'
import type { Failure } from '@/lib/contracts/common'
import { restoreTestLevelSchema } from '@/lib/contracts/schedule'
import { sourceOptions } from '@/lib/services/source/source-options'
import { HoldfastError } from '@/lib/core/holdfast-error'
import { isArchived } from '@/lib/core/storage-care/storage-class'
import { describeBadTest } from '@/lib/core/verdict/describe-bad-test'
import { overallVerdict } from '@/lib/core/verdict/overall-verdict'
import { goodBackupWhere } from '@/lib/services/backup/good-backups'
import { assertLease } from '@/lib/services/job/assert-lease'
import type { Task, TaskArgs } from '../task'
import { commitTest } from './restore-test/commit-test'
import { proveBackup } from './restore-test/prove-backup'
import { chainChecks, type ChainFinding, isChainLost, verifyChain } from './restore-test/verify-chain'
import { copyChecks, verifyCopies } from './restore-test/verify-copies'

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
    const chain = await verifyChain(args, backup)
    const ofStored = [...copyChecks(copies, level === 'quick'), ...chainChecks(chain)]
    let ofRestore: Check[] = []
    let evidence: Record<string, unknown> = {
      copies: copies.map(({ destinationName, state }) => ({ destinationName, state })),
      ...(chain.length > 0 ? { chain: chain.map(chainEvidence) } : {}),
    }
    let failure: Failure | null = null
    const readable = copies.filter((copy) => copy.state === 'stored').map((copy) => copy.copyId)
    if (level !== 'quick' && readable.length > 0 && !isChainLost(chain)) {
      const candidates = backup.copies.filter((copy) => readable.includes(copy.id))
      const from = candidates.find((copy) => !isArchived(copy.destination.kind, copy.storageClass)) ?? candidates[0]
      const options = sourceOptions(backup.source)
      const found = await proveBackup(args, {
        backupId: backup.id,
        destinationId: from?.destinationId,
        level,
        options,
      })
      ofRestore = found.checks
      evidence = { ...evidence, ...found.evidence }
      failure = found.failure
    }
    const checks = [...ofStored, ...ofRestore]
    const verdict = overallVerdict(checks)
    run.logger.info(`verdict: ${verdict}`)
    const told = verdict === 'passed' ? null : (failure ?? describeBadTest(checks, verdict))
    return {
      outcome: told === null ? { type: 'succeeded' } : { type: 'failed', failure: told, transient: false },
      commit: (tx) =>
        commitTest(args, tx, {
          ...{ testId, backup, level, verdict, checks, evidence, copies, chain, failure: told, startedAt },
          restoreFailed: ofRestore.some((check) => check.verdict === 'failed'),
        }),
    }
  },
}

const chainEvidence = ({ backupId, destinationName, found }: ChainFinding) => ({
  backupId,
  destinationName,
  state: found?.state ?? 'missing',
})

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
