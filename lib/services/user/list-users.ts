import type { Page, PageQuery } from '@/lib/contracts/common'
import type { User } from '@/lib/contracts/people/people'
import { toUser } from '@/lib/db/catalog/user'
import { keysetPage } from '@/lib/db/keyset-page'
import type { ServiceContext } from '../context'
import { permit } from '../permit'

/** Users, oldest first, disabled ones included. */
export async function listUsers({ ctx, input }: { ctx: ServiceContext; input: PageQuery }): Promise<Page<User>> {
  permit(ctx.actor, 'admin')
  return keysetPage(input, toUser, (page) => ctx.db.user.findMany({ orderBy: { id: 'asc' }, ...page }))
}
