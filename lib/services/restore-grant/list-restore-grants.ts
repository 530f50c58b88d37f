import type { RestoreGrant } from '@/lib/contracts/people/restore-grant'
import { restoreGrantInclude, toRestoreGrant } from '@/lib/db/catalog/restore-grant'
import type { ServiceContext } from '../context'
import { permit } from '../permit'
import { findSource } from '../source/find-source'

/** The sources whose servers backups of this one may be restored to beside its own, by name. */
export async function listRestoreGrants(args: {
  ctx: ServiceContext
  input: { id: string }
}): Promise<{ items: RestoreGrant[] }> {
  const { ctx, input } = args
  permit(ctx.actor, 'viewer')
  const source = await findSource(ctx.db, input.id)
  const rows = await ctx.db.restoreGrant.findMany({
    where: { sourceId: source.id, target: { deletedAt: null } },
    include: restoreGrantInclude,
    orderBy: { target: { name: 'asc' } },
  })
  return { items: rows.map(toRestoreGrant) }
}
