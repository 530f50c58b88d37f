import { HoldfastError } from '@/lib/core/holdfast-error'
import type { Tx } from '@/lib/db/client'

/** Throws `invalid-input` at the field that names something which does not exist or was deleted. */
export async function checkReferences(
  tx: Tx,
  named: { sourceId?: string; destinationIds?: string[]; retentionPolicyId?: string | null },
): Promise<void> {
  const live = { deletedAt: null }
  if (
    named.sourceId &&
    !(await tx.source.findFirst({ where: { id: named.sourceId, ...live }, select: { id: true } }))
  ) {
    throw unknown('sourceId', 'There is no such source.')
  }
  const ids = [...new Set(named.destinationIds)]
  if (ids.length > 0 && (await tx.destination.count({ where: { id: { in: ids }, ...live } })) !== ids.length) {
    throw unknown('destinationIds', 'One of these destinations does not exist.')
  }
  if (!named.retentionPolicyId) return
  const policy = await tx.retentionPolicy.findFirst({ where: { id: named.retentionPolicyId, ...live } })
  if (!policy) throw unknown('retentionPolicyId', 'There is no such retention policy.')
}

function unknown(path: string, message: string): HoldfastError {
  return new HoldfastError('invalid-input', message, { facts: { errors: [{ path, message }] } })
}
