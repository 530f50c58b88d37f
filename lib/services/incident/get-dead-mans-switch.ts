import type { DeadMansSwitch } from '@/lib/contracts/alerting/alert'
import type { ServiceContext } from '../context'
import { permit } from '../permit'
import { readDeadMansSwitch } from './dead-mans-switch'
import { findTroubles } from './find-troubles'

/** What the dead man's switch last did, and what keeps it from being called now. */
export async function getDeadMansSwitch({ ctx }: { ctx: ServiceContext }): Promise<DeadMansSwitch> {
  permit(ctx.actor, 'viewer')
  const [{ lastPingAt, lastError }, troubles] = await Promise.all([
    readDeadMansSwitch(ctx.db),
    findTroubles(ctx.db, ctx.clock.now()),
  ])
  return { lastPingAt, lastError, troubles }
}
