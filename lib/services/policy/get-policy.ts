import type { Policy } from '@/lib/contracts/policy'
import type { ServiceContext } from '../context'
import { found } from '../not-found'
import { permit } from '../permit'
import { findPolicy } from './find-policy'
import { showPolicies } from './show-policies'

/** One policy; throws `not-found`. */
export async function getPolicy({ ctx, input }: { ctx: ServiceContext; input: { id: string } }): Promise<Policy> {
  permit(ctx.actor, 'viewer')
  const [policy] = await showPolicies(ctx, [await findPolicy(ctx.db, input.id)])
  return found(policy, 'policy')
}
