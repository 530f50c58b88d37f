import type { Restore } from '@/lib/contracts/restore'
import type { ServiceContext } from '../context'
import { found } from '../not-found'
import { permit } from '../permit'
import { withSourceNames } from './list-restores'

/** One restore; throws `not-found`. */
export async function getRestore(args: { ctx: ServiceContext; input: { id: string } }): Promise<Restore> {
  const { ctx, input } = args
  permit(ctx.actor, 'viewer')
  const row = found(await ctx.db.restore.findUnique({ where: { id: input.id } }), 'restore')
  const [restore] = await withSourceNames(ctx.db, [row])
  return found(restore, 'restore')
}
