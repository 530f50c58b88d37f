import type { Restore } from '@/lib/contracts/restore'
import type { Page, PageQuery } from '@/lib/contracts/common'
import { storedTargetSchema, toRestore } from '@/lib/db/catalog/restore'
import type { Tx } from '@/lib/db/client'
import type { RestoreModel } from '@/lib/db/generated/models/Restore'
import { keysetPage } from '@/lib/db/keyset-page'
import type { ServiceContext } from '../context'
import { found } from '../not-found'
import { permit } from '../permit'

/** Restores, newest first. */
export async function listRestores(args: { ctx: ServiceContext; input: PageQuery }): Promise<Page<Restore>> {
  const { ctx, input } = args
  permit(ctx.actor, 'viewer')
  const page = await keysetPage(
    input,
    (row: RestoreModel) => row,
    (keyset) => ctx.db.restore.findMany({ orderBy: [{ startedAt: 'desc' }, { id: 'desc' }], ...keyset }),
  )
  return { ...page, items: await withSourceNames(ctx.db, page.items) }
}

/** Rows as the API shows them; the target's source is looked up by its id. */
export async function withSourceNames(db: Tx, rows: RestoreModel[]): Promise<Restore[]> {
  const ids = rows.map((row) => storedTargetSchema.parse(row.target).sourceId)
  const sources = await db.source.findMany({ where: { id: { in: ids } }, select: { id: true, name: true } })
  const names = new Map(sources.map((source) => [source.id, source.name]))
  const backups = await db.backup.findMany({
    where: { id: { in: rows.map((row) => row.backupId) } },
    select: { id: true, source: { select: { engine: true } } },
  })
  const engines = new Map(backups.map((backup) => [backup.id, backup.source.engine]))
  return rows.map((row) =>
    toRestore(row, {
      engine: found(engines.get(row.backupId), 'backup'),
      name: names.get(storedTargetSchema.parse(row.target).sourceId) ?? 'deleted source',
    }),
  )
}
