import { toFailure } from '@/lib/core/holdfast-error'
import { safetyNetDays } from '@/lib/core/retention/safety-net-days'
import type { RunContext } from '@/lib/ports/run-context'
import type { ServiceContext } from '../context'
import { sourceRetentionRules } from '../retention/plan-source-retention'
import { destinationSpec } from './destination-spec'

const dayMs = 86_400_000

/**
 * Installs or adjusts the stores' own safety nets. The days follow what is kept today, so a policy that grows, a pinned
 * backup or a source that fails for months pushes the expiry out of reach again. Trouble is logged, never thrown: the
 * net is a second line.
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
    const spec = destinationSpec(ctx, destination)
    const storage = ctx.openStorage(spec)
    try {
      if (!storage.ensureSafetyNet) continue
      const days = await expiryDays(ctx, destination.id, Number(spec.config['safetyNetDays']))
      const net = await storage.ensureSafetyNet(days, run)
      if (net.state === 'installed')
        run.logger.info('lifecycle rule installed', { destination: destination.name, expiryDays: days })
      if (net.state === 'refused')
        run.logger.warn('lifecycle rule refused', { destination: destination.name, detail: net.detail })
    } catch (error) {
      run.signal.throwIfAborted()
      run.logger.warn('lifecycle rule could not be checked', {
        destination: destination.name,
        error: toFailure(error).message,
      })
    } finally {
      await storage.close()
    }
  }
}

async function expiryDays(ctx: ServiceContext, destinationId: string, configuredDays: number): Promise<number | null> {
  const kept = await ctx.db.backup.groupBy({
    by: ['sourceId'],
    where: { deletedAt: null, copies: { some: { destinationId, state: { in: ['stored', 'damaged'] } } } },
    _min: { startedAt: true },
  })
  const policies = await Promise.all(kept.map(({ sourceId }) => sourceRetentionRules(ctx.db, sourceId)))
  const now = ctx.clock.now().getTime()
  const ages = kept.map(({ _min }) => (_min.startedAt ? (now - _min.startedAt.getTime()) / dayMs : 0))
  return safetyNetDays({
    configuredDays,
    policyDays: policies.map((policy) => policy?.rules.keepDays ?? null),
    oldestKeptDays: Math.max(0, ...ages),
  })
}
