import { HoldfastError } from '@/lib/core/holdfast-error'
import { catalogNow } from '@/lib/db/catalog-now'
import type { Tx } from '@/lib/db/client'
import type { RecoveryModel } from '@/lib/db/generated/models/Recovery'
import type { ServiceContext } from '@/lib/services/context'
import { found } from '@/lib/services/not-found'
import { permitContents } from '@/lib/services/source/permit-contents'

/** A look that is open, held until the transaction ends, for those who may have what it shows. Throws `not-found` and `look-closed`. */
export async function openLook(ctx: ServiceContext, tx: Tx, id: string): Promise<RecoveryModel & { readyAt: Date }> {
  await tx.$queryRaw`SELECT FROM recovery WHERE id = ${id}::uuid FOR UPDATE`
  const row = found(
    await tx.recovery.findUnique({
      where: { id },
      include: { source: { select: { catalog: true } } },
    }),
    'recovery',
  )
  await permitContents(ctx, row.source, tx)
  const { readyAt, expiresAt, closeRequestedAt } = row
  const isOpen = row.state === 'ready' && !closeRequestedAt && expiresAt && expiresAt > (await catalogNow(tx))
  if (isOpen && readyAt) return { ...row, readyAt }
  throw new HoldfastError('look-closed', 'This recovery is not open to be looked at.', {
    remedy:
      row.state === 'queued' || row.state === 'running'
        ? 'Wait until its state is ready.'
        : 'Start a new recovery to look at the point.',
  })
}
