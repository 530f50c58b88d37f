import type { AskedPoint } from '@/lib/contracts/recovery/recoveries'
import type { RecoveryPlan } from '@/lib/core/recovery/plan-recovery'
import type { SourceModel } from '@/lib/db/generated/models/Source'
import type { RecoveredPoint, RecoverInput } from '@/lib/ports/recovery-method'
import type { RunContext } from '@/lib/ports/run-context'
import type { SandboxOrder } from '@/lib/ports/sandbox'
import { openChain } from '@/lib/services/backup/open-chain'
import { readableCopy } from '@/lib/services/backup/part-opener'
import type { ServiceContext } from '@/lib/services/context'
import { openLogReader } from '@/lib/services/log/open-log-reader'
import { planPoint } from '@/lib/services/recovery/plan-point'
import { recoveryMethodOf } from '@/lib/services/recovery/recovery-method-of'
import { findInLog } from './find-in-log'

export interface PointOrder {
  source: SourceModel
  asked: Omit<AskedPoint, 'sourceId'>
  use: RecoverInput['use']
  sandbox: SandboxOrder
  /** Hears what will be done before it is begun. */
  onPlan(plan: RecoveryPlan): Promise<void>
}

/** Plans a point with what is stored now, searching the log where that is needed, and recovers it. The caller closes it. */
export async function openPlanned(ctx: ServiceContext, order: PointOrder, run: RunContext): Promise<RecoveredPoint> {
  const { source, asked, use, sandbox } = order
  const recovery = recoveryMethodOf(ctx, source)
  const planned = await planPoint(ctx, source, asked, (of, sought) =>
    findInLog(ctx, { source, recovery }, { of, sought, timeline: asked.timeline }, run),
  )
  if (!planned) throw new Error('a recovery was not planned')
  const { plan, identity } = planned
  await order.onPlan(plan)
  const at = asked.destinationId === undefined ? {} : { destinationId: asked.destinationId }
  const log = openLogReader(ctx, { sourceId: source.id, identity, ...at })
  try {
    const chain = await openChain(ctx, { backupId: plan.base.backupId, ...at }, run)
    try {
      const before = chain.before.map(readableCopy)
      return await recovery.open({ ...readableCopy(chain.copy), before, recovery: { log, plan }, use, sandbox }, run)
    } finally {
      await chain.close()
    }
  } finally {
    // At its target a server asks for no more of the log.
    await log.close()
  }
}
