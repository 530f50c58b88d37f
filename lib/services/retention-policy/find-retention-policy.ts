import type { Tx } from '@/lib/db/client'
import type { RetentionPolicyModel } from '@/lib/db/generated/models/RetentionPolicy'
import { found } from '../not-found'

/** A retention policy that was not deleted; throws `not-found`. */
export async function findRetentionPolicy(tx: Tx, id: string): Promise<RetentionPolicyModel> {
  return found(await tx.retentionPolicy.findFirst({ where: { id, deletedAt: null } }), 'retention policy')
}
