import type { StartRestore } from '@/lib/contracts/restore'
import type { Started } from '@/lib/contracts/job'
import { engineContract, isWithLog } from '@/lib/contracts/engines/index'
import { HoldfastError } from '@/lib/core/holdfast-error'
import { toJob } from '@/lib/db/catalog/job'
import type { Tx } from '@/lib/db/client'
import type { BackupModel } from '@/lib/db/generated/models/Backup'
import { toJson } from '@/lib/db/to-json'
import { confirmChange } from '../approval/confirm-change'
import { recordAudit } from '../audit/record-audit'
import { briefRun } from '../brief-run'
import type { ServiceContext } from '../context'
import { createJob } from '../job/create-job'
import { found } from '../not-found'
import { parseInput } from '../parse-input'
import { permit } from '../permit'
import { permitContents } from '../source/permit-contents'
import { requireStepUp } from '../step-up/require-step-up'
import { checkGrant, checkServer, type RestoreEnds } from './check-target'

/**
 * Restores a backup to a new place. One that exists is refused by the engine, untouched. With another source's
 * server or folder only with an administrator's grant; never to the catalog's. The worker asks all of it again.
 */
export async function startRestore(args: { ctx: ServiceContext; input: StartRestore }): Promise<Started> {
  const { ctx, input } = args
  permit(ctx.actor, 'operator')
  const now = ctx.clock.now()
  const ends = await findEnds(ctx.db, input)
  const contract = engineContract(ends.source.engine)
  refuseKind(ends)
  const target = parseInput(contract.restoreTarget, input.target, ['target'])
  await permitContents(ctx, ends.source)
  await checkGrant(ctx.db, ends)
  // Before anything is connected to, too: a borrowed session makes us ask no server.
  await requireStepUp(ctx)
  await checkServer(ctx, ends, briefRun(ctx, askTimeoutMs))
  return ctx.db.$transaction(async (tx) => {
    const { backup, target: into } = await findEnds(tx, input)
    await checkGrant(tx, { source: ends.source, target: into })
    await confirmChange(ctx, tx, {
      action: 'restore.start',
      subjectType: 'backup',
      subjectId: backup.id,
      summary: `The backup of ${backup.startedAt.toISOString()} goes into ${contract.describeTarget(target)} of "${into.name}"`,
    })
    const row = await createJob(ctx, tx, {
      kind: 'restore',
      input: {},
      sourceId: into.id,
      backupId: backup.id,
      maxAttempts: 1,
      exclusiveKey: `${into.id}:${contract.targetKey(target)}`,
    })
    const restore = await tx.restore.create({
      data: {
        backupId: backup.id,
        jobId: row.id,
        state: 'queued',
        target: toJson({ ...target, sourceId: into.id }),
        startedAt: now,
      },
    })
    const job = await tx.job.update({ where: { id: row.id }, data: { restoreId: restore.id } })
    await recordAudit(tx, ctx.actor, {
      action: 'restore.start',
      subjectType: 'backup',
      subjectId: backup.id,
      detail: { jobId: row.id, ...target, sourceId: into.id },
    })
    return { jobId: job.id, job: toJob(job) }
  })
}

/** A copy of a whole server is recovered with its log, not restored into a database. */
function refuseKind({ source, backup }: { source: { engine: string }; backup: { kind: string } }): void {
  if (!isWithLog({ engine: source.engine, kind: backup.kind })) return
  throw new HoldfastError('kind-unsupported', 'A base backup is not restored into a database.', {
    remedy: 'Its RESTORE.md has the commands that make a server of it. To restore a database from here, take a dump.',
  })
}

const askTimeoutMs = 20_000

/** The backup with something stored, its source, and the source whose server it goes to. */
async function findEnds(tx: Tx, input: StartRestore): Promise<RestoreEnds & { backup: BackupModel }> {
  const backup = found(
    await tx.backup.findFirst({
      where: { id: input.backupId, deletedAt: null },
      include: { copies: true, source: { select: { id: true, name: true, catalog: true, engine: true } } },
    }),
    'backup',
  )
  if (!backup.copies.some((copy) => copy.state === 'stored')) {
    throw new HoldfastError(
      'backup-not-restorable',
      `This backup is ${backup.status} and has nothing stored to restore.`,
      { remedy: 'Choose one that succeeded.' },
    )
  }
  const target = found(
    await tx.source.findFirst({ where: { id: input.target.sourceId ?? backup.sourceId, deletedAt: null } }),
    'source',
  )
  if (target.engine !== backup.source.engine) {
    const [from, to] = [engineContract(backup.source.engine), engineContract(target.engine)]
    throw new HoldfastError('target-unfit', `A backup of ${from.title} cannot be restored to ${to.title}.`, {
      remedy: `Choose a source of ${from.title} as the target.`,
    })
  }
  return { backup, source: backup.source, target }
}
