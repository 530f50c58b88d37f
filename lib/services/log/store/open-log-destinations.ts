import { HoldfastError } from '@/lib/core/holdfast-error'
import type { RunContext } from '@/lib/ports/run-context'
import type { ServiceContext } from '@/lib/services/context'
import { destinationSpec } from '@/lib/services/destination/destination-spec'
import type { ClaimedStream } from '@/lib/services/log/claim-streams'
import { assertStream } from '@/lib/services/log/hold-stream'
import { LogDestinations } from './log-destinations'

/** Opens the destinations of a log for the holder of its stream. Throws `destination-needed` when none exists any more. The caller closes them. */
export async function openLogDestinations(
  ctx: ServiceContext,
  { claim, ids }: { claim: ClaimedStream; ids: string[] },
  run: RunContext,
): Promise<LogDestinations> {
  const rows = await ctx.db.destination.findMany({ where: { id: { in: ids }, deletedAt: null } })
  if (rows.length === 0) {
    throw new HoldfastError('destination-needed', 'None of the destinations of this log exists any more.', {
      remedy: 'Choose a destination for the log in the protection of the source.',
    })
  }
  const opened = await Promise.all(
    rows.map(async (row) => ({
      id: row.id,
      name: row.name,
      storage: ctx.openStorage(await destinationSpec(ctx, row)),
    })),
  )
  return new LogDestinations(opened, run, () => ctx.db.$transaction((tx) => assertStream(tx, claim)))
}
