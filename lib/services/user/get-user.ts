import type { User } from '@/lib/contracts/people/people'
import { toUser } from '@/lib/db/catalog/user'
import type { ServiceContext } from '../context'
import { found } from '../not-found'
import { permit } from '../permit'

/** One user; throws `not-found`. */
export async function getUser({ ctx, input }: { ctx: ServiceContext; input: { id: string } }): Promise<User> {
  permit(ctx.actor, 'admin')
  return toUser(found(await ctx.db.user.findUnique({ where: { id: input.id } }), 'user'))
}
