import { toFailure } from '@/lib/core/holdfast-error'
import type { RunContext } from '@/lib/ports/run-context'
import type { ServiceContext } from '../context'
import { destinationSpec } from '../destination/destination-spec'
import { trySignedList } from './write-signed-list'

/** Brings the signed lists of a source up to date in the destinations given. One that cannot be written is logged. */
export async function writeLists(
  ctx: Pick<ServiceContext, 'db' | 'vault' | 'clock' | 'openStorage'>,
  input: { sourceId: string; destinationIds: readonly string[] },
  run: RunContext,
): Promise<void> {
  const destinations = await ctx.db.destination.findMany({
    where: { id: { in: [...new Set(input.destinationIds)] }, deletedAt: null },
  })
  for (const destination of destinations) {
    try {
      const storage = ctx.openStorage(await destinationSpec(ctx, destination))
      try {
        await trySignedList(ctx, { destinationId: destination.id, sourceId: input.sourceId, storage }, run)
      } finally {
        await storage.close()
      }
    } catch (error) {
      run.signal.throwIfAborted()
      run.logger.warn(`the signed list in ${destination.name} could not be written`, { ...toFailure(error) })
    }
  }
}
