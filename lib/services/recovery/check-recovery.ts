import type { AskedPoint, RecoveryCheck } from '@/lib/contracts/recovery/recoveries'
import type { ServiceContext } from '@/lib/services/context'
import { logMethodOf } from '@/lib/services/log/log-method-of'
import { permit } from '@/lib/services/permit'
import { findSource } from '@/lib/services/source/find-source'
import { planPoint } from './plan-point'
import { showPlan } from './show-plan'

/** Whether a point can be reached, and how. Begins nothing. Throws as `planPoint` does. */
export async function checkRecovery({
  ctx,
  input,
}: {
  ctx: ServiceContext
  input: AskedPoint
}): Promise<RecoveryCheck> {
  permit(ctx.actor, 'viewer')
  const source = await findSource(ctx.db, input.sourceId)
  const planned = await planPoint(ctx, source, input, null)
  return { plan: planned && showPlan(logMethodOf(ctx, source), planned.plan) }
}
