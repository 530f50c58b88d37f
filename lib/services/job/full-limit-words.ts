import { limitWords, type FullLimit } from '@/lib/core/job/limits'
import type { Tx } from '@/lib/db/client'

/** Why a job waits, with the destination's name in it. */
export async function fullLimitWords(tx: Tx, full: FullLimit): Promise<string> {
  if (full.scope !== 'destination') return limitWords(full, null)
  const row = await tx.destination.findUnique({ where: { id: full.destinationId }, select: { name: true } })
  return limitWords(full, row?.name ?? null)
}
