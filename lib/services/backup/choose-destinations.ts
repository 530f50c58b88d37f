import { HoldfastError } from '@/lib/core/holdfast-error'
import type { Tx } from '@/lib/db/client'

/**
 * Where a backup goes when nobody said: the destinations of the source's backup schedules, else the only destination
 * there is. Throws `destination-needed` when that leaves none or a choice, and `not-found` for ids that do not exist.
 */
export async function chooseDestinations(tx: Tx, sourceId: string, asked: string[] | undefined): Promise<string[]> {
  if (asked && asked.length > 0) {
    const unique = [...new Set(asked)]
    const known = await tx.destination.count({ where: { id: { in: unique }, deletedAt: null } })
    if (known === unique.length) return unique
    throw new HoldfastError('not-found', 'One of these destinations does not exist.', {
      remedy: 'Reload the list of destinations.',
    })
  }
  const schedules = await tx.schedule.findMany({
    where: { sourceId, action: 'backup', deletedAt: null },
    select: { destinationIds: true },
  })
  const fromSchedules = [...new Set(schedules.flatMap((schedule) => schedule.destinationIds))]
  const live = await tx.destination.findMany({
    where: { deletedAt: null, ...(fromSchedules.length > 0 ? { id: { in: fromSchedules } } : {}) },
    select: { id: true },
  })
  if (live.length === 0) {
    throw new HoldfastError('destination-needed', 'There is no destination to store this backup in.', {
      remedy: 'Add a destination first.',
    })
  }
  if (fromSchedules.length === 0 && live.length > 1) {
    throw new HoldfastError(
      'destination-needed',
      'There are several destinations; this source has no schedule that says which to use.',
      {
        remedy: 'Name destinationIds, or give the source a backup schedule.',
      },
    )
  }
  return live.map((destination) => destination.id)
}
