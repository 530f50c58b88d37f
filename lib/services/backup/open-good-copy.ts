import { HoldfastError, toFailure } from '@/lib/core/holdfast-error'
import { isArchived } from '@/lib/core/storage-care/storage-class'
import { tellFailure } from '@/lib/core/tell-failure'
import type { RunContext } from '@/lib/ports/run-context'
import type { ServiceContext } from '../context'
import { openCopy, type OpenCopy } from './open-copy'
import { destinationContract } from '@/lib/contracts/destinations/index'

/**
 * Opens the first stored copy that answers and whose manifest is right, local ones first, archived ones last;
 * `destinationId` insists on one. Throws `no-copy` naming what was wrong with each.
 */
export async function openGoodCopy(
  ctx: ServiceContext,
  input: { backupId: string; destinationId?: string },
  run: RunContext,
): Promise<OpenCopy> {
  const backup = await ctx.db.backup.findUniqueOrThrow({
    where: { id: input.backupId },
    include: { copies: { where: { state: 'stored' }, include: { destination: true } } },
  })
  const copies = backup.copies
    .filter((copy) => input.destinationId === undefined || copy.destinationId === input.destinationId)
    .sort((a, b) => distance(a) - distance(b))
  const troubles: { destination: string; error: unknown }[] = []
  for (const copy of copies) {
    try {
      return await openCopy(ctx, backup, copy.destination, run, { withoutSignature: true })
    } catch (error) {
      run.signal.throwIfAborted()
      troubles.push({ destination: copy.destination.name, error })
    }
  }
  if (troubles.length === 1) throw troubles[0]?.error
  const told = troubles.map(({ destination, error }) => `${destination}: ${tellFailure(toFailure(error))}`)
  throw new HoldfastError(
    'no-copy',
    told.length > 0 ? `No copy of this backup can be read. ${told.join(' ')}` : 'No stored copy of this backup exists.',
    {
      remedy: 'Check the destinations of the backup.',
      transient: troubles.some(({ error }) => error instanceof HoldfastError && error.transient),
    },
  )
}

function distance(copy: { storageClass: string | null; destination: { kind: string } }): number {
  return (
    (isArchived(copy.destination.kind, copy.storageClass) ? 2 : 0) +
    (destinationContract(copy.destination.kind).distance === 'near' ? 0 : 1)
  )
}
