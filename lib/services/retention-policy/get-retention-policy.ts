import type { RetentionPolicy } from '@/lib/contracts/retention'
import { toRetentionPolicy } from '@/lib/db/catalog/retention-policy'
import type { ServiceContext } from '../context'
import { permit } from '../permit'
import { findRetentionPolicy } from './find-retention-policy'

/** One retention policy; throws `not-found`. */
export async function getRetentionPolicy({
  ctx,
  input,
}: {
  ctx: ServiceContext
  input: { id: string }
}): Promise<RetentionPolicy> {
  permit(ctx.actor, 'viewer')
  return toRetentionPolicy(await findRetentionPolicy(ctx.db, input.id))
}
