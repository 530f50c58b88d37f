import type { Page, PageQuery } from '@/lib/contracts/common'
import type { Source } from '@/lib/contracts/source'
import { toSource } from '@/lib/db/catalog/source'
import { keysetPage } from '@/lib/db/keyset-page'
import type { ServiceContext } from '../context'
import { permit } from '../permit'

/** Sources by name. */
export async function listSources({ ctx, input }: { ctx: ServiceContext; input: PageQuery }): Promise<Page<Source>> {
  permit(ctx.actor, 'viewer')
  return keysetPage(input, toSource, (page) =>
    ctx.db.source.findMany({ where: { deletedAt: null }, orderBy: [{ name: 'asc' }, { id: 'asc' }], ...page }),
  )
}
