import type { Page, PageQuery } from '@/lib/contracts/common'
import type { Policy } from '@/lib/contracts/policy'
import { policyInclude, type PolicyRow } from '@/lib/db/catalog/policy'
import { keysetPage } from '@/lib/db/keyset-page'
import type { ServiceContext } from '../context'
import { permit } from '../permit'
import { showPolicies } from './show-policies'

/** Policies, oldest first, with the sources that follow them. */
export async function listPolicies({ ctx, input }: { ctx: ServiceContext; input: PageQuery }): Promise<Page<Policy>> {
  permit(ctx.actor, 'viewer')
  const page = await keysetPage(
    input,
    (row: PolicyRow) => row,
    (keys) =>
      ctx.db.policy.findMany({
        where: { deletedAt: null },
        include: policyInclude,
        orderBy: { id: 'asc' },
        ...keys,
      }),
  )
  return { ...page, items: await showPolicies(ctx, page.items) }
}
