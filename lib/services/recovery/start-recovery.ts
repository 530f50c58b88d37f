import type { Started } from '@/lib/contracts/job'
import { engineContract } from '@/lib/contracts/engines/index'
import type { StartRecovery } from '@/lib/contracts/recovery/recoveries'
import { catalogNow } from '@/lib/db/catalog-now'
import { toJob } from '@/lib/db/catalog/job'
import type { StoredRecovery } from '@/lib/db/catalog/recovery'
import type { SourceModel } from '@/lib/db/generated/models/Source'
import { toJson } from '@/lib/db/to-json'
import { confirmChange } from '@/lib/services/approval/confirm-change'
import { recordAudit } from '@/lib/services/audit/record-audit'
import { briefRun } from '@/lib/services/brief-run'
import type { ServiceContext } from '@/lib/services/context'
import { createJob } from '@/lib/services/job/create-job'
import { logMethodOf } from '@/lib/services/log/log-method-of'
import { parseInput } from '@/lib/services/parse-input'
import { permit } from '@/lib/services/permit'
import { checkGrant, checkServer } from '@/lib/services/restore/check-target'
import { findSource } from '@/lib/services/source/find-source'
import { sourceSpec } from '@/lib/services/source/source-spec'
import { permitContents } from '@/lib/services/source/permit-contents'
import { requireStepUp } from '@/lib/services/step-up/require-step-up'
import { planPoint } from './plan-point'
import { recoveryMethodOf } from './recovery-method-of'
import { showPlan } from './show-plan'

const askTimeoutMs = 20_000

/**
 * Begins a recovery to a point. One that cannot be reached is refused beforehand (`target-unreachable`); what only a search of the log
 * can tell, such as a transaction, the worker finds out. What is taken out of it goes through the same checks as a restore.
 */
export async function startRecovery(args: {
  ctx: ServiceContext
  input: StartRecovery
}): Promise<Started & { recoveryId: string }> {
  const { ctx, input } = args
  permit(ctx.actor, 'operator')
  const source = await findSource(ctx.db, input.sourceId)
  const recovery = recoveryMethodOf(ctx, source)
  await permitContents(ctx, source)
  const planned = await planPoint(ctx, source, input, null)
  const take = await targetOf(ctx, source, input)
  await requireStepUp(ctx)
  if (take) {
    const run = briefRun(ctx, askTimeoutMs)
    await checkServer(ctx, { source, target: take.target }, run)
    await recovery.checkTarget({ ...take.stored.into, source: await sourceSpec(ctx, take.target) }, run)
  }
  const place = take ? engineContract(source.engine).describeTarget(take.stored.into) : input.directory
  const { target, timeline, destinationId, use, directory } = input
  const stored: StoredRecovery = {
    ...{ target, use },
    ...(timeline === undefined ? {} : { timeline }),
    ...(destinationId === undefined ? {} : { destinationId }),
    ...(directory === undefined ? {} : { directory }),
    ...(take ? { take: take.stored } : {}),
  }
  return ctx.db.$transaction(async (tx) => {
    if (take) await checkGrant(tx, { source, target: take.target })
    await confirmChange(ctx, tx, {
      action: 'recovery.start',
      subjectType: 'source',
      subjectId: source.id,
      summary: `"${source.name}" is recovered to ${'value' in target ? `${target.type} ${target.value}` : target.type}${place === undefined ? ', to be looked at' : `, into ${place}`}`,
    })
    const row = await createJob(ctx, tx, {
      kind: 'recovery',
      input: {},
      sourceId: source.id,
      ...(planned ? { backupId: planned.plan.base.backupId } : {}),
      maxAttempts: 1,
      ...(place === undefined ? {} : { exclusiveKey: `${take?.target.id ?? ''}:${place}` }),
    })
    const { id } = await tx.recovery.create({
      data: {
        sourceId: source.id,
        jobId: row.id,
        input: toJson(stored),
        state: 'queued',
        ...(planned ? { plan: toJson(showPlan(logMethodOf(ctx, source), planned.plan)) } : {}),
        startedAt: await catalogNow(tx),
      },
    })
    await recordAudit(tx, ctx.actor, {
      action: 'recovery.start',
      subjectType: 'recovery',
      subjectId: id,
      detail: { jobId: row.id, sourceId: source.id, ...stored },
    })
    return { jobId: row.id, job: toJob(row), recoveryId: id }
  })
}

/** What is taken, checked as the engine's restores are, and the source whose server it goes to. */
async function targetOf(
  ctx: ServiceContext,
  source: SourceModel,
  { take }: StartRecovery,
): Promise<{ target: SourceModel; stored: NonNullable<StoredRecovery['take']> } | null> {
  if (!take) return null
  const { sourceId = source.id, ...into } = take.into
  const wanted = { ...into, ...(take.only === undefined ? {} : { only: take.only }) }
  const parsed = parseInput(engineContract(source.engine).restoreTarget, wanted, ['take', 'into'])
  const target = await findSource(ctx.db, sourceId)
  await checkGrant(ctx.db, { source, target })
  const database = take.database === undefined ? {} : { database: take.database }
  return { target, stored: { ...database, into: { ...parsed, sourceId } } }
}
