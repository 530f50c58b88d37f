import { retentionPolicyInclude } from '@/lib/db/catalog/retention-policy'
import type { Tx } from '@/lib/db/client'
import { found } from '../not-found'

/** A retention policy that was not deleted, with what uses it; throws `not-found`. */
export async function findRetentionPolicy(tx: Tx, id: string) {
  const row = await tx.retentionPolicy.findFirst({ where: { id, deletedAt: null }, include: retentionPolicyInclude })
  return found(row, 'retention policy')
}
