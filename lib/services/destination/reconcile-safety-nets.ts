import type { StorageCare } from '@/lib/contracts/destination'
import { destinationOptionsSchema } from '@/lib/contracts/operations'
import { toFailure } from '@/lib/core/holdfast-error'
import { horizonDays } from '@/lib/core/retention/horizon-days'
import { safetyNetDays } from '@/lib/core/retention/safety-net-days'
import type { DestinationModel } from '@/lib/db/generated/models/Destination'
import type { RunContext } from '@/lib/ports/run-context'
import type { ServiceContext } from '../context'
import { effectiveRules } from '../retention/effective-rules'
import { recordCare } from '../storage-care/record-care'
import { destinationSpec } from './destination-spec'

const dayMs = 86_400_000

/**
 * Installs or adjusts our rules in the stores: the safety net, and the one that moves objects to other storage classes.
 * The days of the net follow what is kept today, so a policy that grows, a pinned backup or a source that fails for months
 * pushes the expiry out of reach again. Trouble is logged, never thrown: the net is a second line.
 */
export async function reconcileSafetyNets(args: {
  ctx: ServiceContext
  destinationIds?: string[]
  run: RunContext
}): Promise<void> {
  const { ctx, run } = args
  const destinations = await ctx.db.destination.findMany({
    where: { deletedAt: null, ...(args.destinationIds ? { id: { in: args.destinationIds } } : {}) },
  })
  for (const destination of destinations) {
    try {
      const rules = await reconcileRules(ctx, destination, run)
      for (const [rule, outcome] of Object.entries(rules)) tell(run, destination.name, rule, outcome)
      if (Object.keys(rules).length > 0) await recordCare(ctx.db, destination.id, rules)
    } catch (error) {
      run.signal.throwIfAborted()
      run.logger.warn('lifecycle rules could not be checked', {
        destination: destination.name,
        error: toFailure(error).message,
      })
    }
  }
}

type Rules = Pick<StorageCare, 'safetyNet' | 'transitions'>

async function reconcileRules(ctx: ServiceContext, destination: DestinationModel, run: RunContext): Promise<Rules> {
  const spec = await destinationSpec(ctx, destination)
  const storage = ctx.openStorage(spec)
  const at = ctx.clock.now().toISOString()
  try {
    const rules: Rules = {}
    if (storage.ensureSafetyNet) {
      const days = await expiryDays(ctx, destination.id, Number(spec.config['safetyNetDays']))
      rules.safetyNet = { ...(await storage.ensureSafetyNet(days, run)), at }
    }
    if (storage.ensureTransitions) {
      const { transitions } = destinationOptionsSchema.parse(destination.options)
      rules.transitions = { ...(await storage.ensureTransitions(transitions, run)), at }
    }
    return rules
  } finally {
    await storage.close()
  }
}

function tell(run: RunContext, destination: string, rule: string, outcome: { state: string; detail?: string }): void {
  if (outcome.state === 'installed') run.logger.info('lifecycle rule installed', { destination, rule })
  if (outcome.state === 'refused') {
    run.logger.warn('lifecycle rule refused', { destination, rule, detail: outcome.detail })
  }
}

async function expiryDays(ctx: ServiceContext, destinationId: string, configuredDays: number): Promise<number | null> {
  const kept = await ctx.db.backup.groupBy({
    by: ['sourceId'],
    where: { deletedAt: null, copies: { some: { destinationId, state: { in: ['stored', 'damaged'] } } } },
    _min: { startedAt: true },
  })
  const policies = await Promise.all(kept.map(({ sourceId }) => effectiveRules(ctx.db, sourceId)))
  const now = ctx.clock.now().getTime()
  const ages = kept.map(({ _min }) => (_min.startedAt ? (now - _min.startedAt.getTime()) / dayMs : 0))
  return safetyNetDays({
    configuredDays,
    policyDays: policies.map(({ ofSource, ofDestination }) =>
      horizonDays((ofDestination.get(destinationId) ?? ofSource).map((policy) => policy.rules)),
    ),
    oldestKeptDays: Math.max(0, ...ages),
  })
}
