import type { ContinuousCheck } from '@/lib/contracts/recovery/continuous'
import type { LogWay } from '@/lib/contracts/recovery/protection'
import { recordAudit } from '../audit/record-audit'
import { briefRun } from '../brief-run'
import type { ServiceContext } from '../context'
import { permit } from '../permit'
import { findSource } from '../source/find-source'
import { sourceSpec } from '../source/source-spec'
import { checkTimeoutMs } from './changed-protection'
import { logCheckOf } from './log-method-of'
import { protectionOf } from './protection-of'

/** Asks the server of a source what it lacks for continuous protection, by the way its log is to come; nothing is changed there. */
export async function checkContinuous({
  ctx,
  input,
}: {
  ctx: ServiceContext
  input: { sourceId: string; log?: LogWay | undefined; signal?: AbortSignal }
}): Promise<ContinuousCheck> {
  permit(ctx.actor, 'operator')
  const source = await findSource(ctx.db, input.sourceId)
  const spec = await sourceSpec(ctx, source)
  const way = input.log ?? protectionOf(source.protection).log
  const check = await logCheckOf(ctx, source, way)(spec, briefRun(ctx, checkTimeoutMs, input.signal))
  await ctx.db.$transaction((tx) =>
    recordAudit(tx, ctx.actor, {
      action: 'source.check-continuous',
      subjectType: 'source',
      subjectId: source.id,
      detail: { ready: check.ready },
    }),
  )
  return check
}
