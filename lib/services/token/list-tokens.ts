import type { Page, PageQuery } from '@/lib/contracts/common'
import type { Token } from '@/lib/contracts/people/people'
import { toToken, withMaker } from '@/lib/db/catalog/token'
import { keysetPage } from '@/lib/db/keyset-page'
import type { ServiceContext } from '../context'
import { permit } from '../permit'

/** API tokens, newest first, revoked and expired ones included. */
export async function listTokens({ ctx, input }: { ctx: ServiceContext; input: PageQuery }): Promise<Page<Token>> {
  permit(ctx.actor, 'admin')
  return keysetPage(input, toToken, (page) =>
    ctx.db.apiToken.findMany({ include: withMaker, orderBy: { id: 'desc' }, ...page }),
  )
}
