import type { Page, PageQuery } from '@/lib/contracts/common'
import type { RetentionPolicy } from '@/lib/contracts/retention'
import { retentionPolicyInclude, toRetentionPolicy } from '@/lib/db/catalog/retention-policy'
import { keysetPage } from '@/lib/db/keyset-page'
import type { ServiceContext } from '../context'
import { permit } from '../permit'

/** Retention policies by name. */
export async function listRetentionPolicies({
  ctx,
  input,
}: {
  ctx: ServiceContext
  input: PageQuery
}): Promise<Page<RetentionPolicy>> {
  permit(ctx.actor, 'viewer')
  return keysetPage(input, toRetentionPolicy, (page) =>
    ctx.db.retentionPolicy.findMany({
      where: { deletedAt: null },
      include: retentionPolicyInclude,
      orderBy: [{ name: 'asc' }, { id: 'asc' }],
      ...page,
    }),
  )
}
