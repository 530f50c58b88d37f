import type { Source } from '@/lib/contracts/source'
import { toSource } from '@/lib/db/catalog/source'
import type { ServiceContext } from '../context'
import { permit } from '../permit'
import { findSource } from './find-source'

/** One source; throws `not-found`. */
export async function getSource({ ctx, input }: { ctx: ServiceContext; input: { id: string } }): Promise<Source> {
  permit(ctx.actor, 'viewer')
  return toSource(await findSource(ctx.db, input.id))
}
