import type { Tx } from '@/lib/db/client'
import type { SourceModel } from '@/lib/db/generated/models/Source'
import { found } from '../not-found'

/** A source that was not deleted; throws `not-found`. */
export async function findSource(tx: Tx, id: string): Promise<SourceModel> {
  return found(await tx.source.findFirst({ where: { id, deletedAt: null } }), 'source')
}
