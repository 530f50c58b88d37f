import type { ContinuousCheck } from '@/lib/contracts/recovery/continuous'
import { recordAudit } from '../audit/record-audit'
import { briefRun } from '../brief-run'
import type { ServiceContext } from '../context'
import { permit } from '../permit'
import { findSource } from '../source/find-source'
import { sourceSpec } from '../source/source-spec'
import { checkTimeoutMs } from './changed-protection'
import { logMethodOf } from './log-method-of'

/** Asks the server of a source what it lacks for continuous protection; nothing is changed there. */
export async function checkContinuous({
  ctx,
  input,
}: {
  ctx: ServiceContext
  input: { sourceId: string; signal?: AbortSignal }
}): Promise<ContinuousCheck> {
  permit(ctx.actor, 'operator')
  const source = await findSource(ctx.db, input.sourceId)
  const spec = await sourceSpec(ctx, source)
  const check = await logMethodOf(ctx, source).check(spec, briefRun(ctx, checkTimeoutMs, input.signal))
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
