import { HoldfastError } from '@/lib/core/holdfast-error'
import type { ServiceContext } from '../context'
import { createCareJob } from './create-care-job'

const hourMs = 3_600_000
const kinds = ['inventory', 'reverify'] as const

/**
 * Starts the daily looks at each destination: one that ended well within the last day is enough, one that failed is
 * begun again within the hour. A destination is looked at from its second day on.
 */
export async function startDueCare(args: { ctx: ServiceContext; now: Date }): Promise<void> {
  const { ctx, now } = args
  const before = (hours: number) => new Date(now.getTime() - hours * hourMs)
  const destinations = await ctx.db.destination.findMany({
    where: { deletedAt: null, createdAt: { lt: before(24) } },
    select: { id: true },
  })
  for (const { id } of destinations) {
    for (const kind of kinds) {
      const enough = await ctx.db.job.findFirst({
        where: {
          kind,
          input: { path: ['destinationId'], equals: id },
          OR: [
            { createdAt: { gt: before(23.5) }, state: { in: ['succeeded', 'partial'] } },
            { createdAt: { gt: before(0.5) } },
            { createdAt: { gt: before(48) }, state: { in: ['queued', 'running'] } },
          ],
        },
        select: { id: true },
      })
      if (enough) continue
      try {
        await ctx.db.$transaction((tx) => createCareJob(ctx, tx, { kind, destinationId: id }))
      } catch (error) {
        if (!(error instanceof HoldfastError && error.code === 'already-running')) throw error
      }
    }
  }
}
