import { policyInclude, type PolicyRow } from '@/lib/db/catalog/policy'
import type { Tx } from '@/lib/db/client'
import { found } from '../not-found'

/** A policy that was not deleted, with the schedules that follow it; throws `not-found`. */
export async function findPolicy(tx: Tx, id: string): Promise<PolicyRow> {
  return found(await tx.policy.findFirst({ where: { id, deletedAt: null }, include: policyInclude }), 'policy')
}
