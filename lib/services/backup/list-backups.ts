import type { Backup, BackupFilter } from '@/lib/contracts/backup'
import type { Page, PageQuery } from '@/lib/contracts/common'
import { backupInclude, backupListOmit, toBackup } from '@/lib/db/catalog/backup'
import { keysetPage } from '@/lib/db/keyset-page'
import type { ServiceContext } from '../context'
import { permit } from '../permit'

/** The history, newest first unless sorted otherwise. Rows whose objects retention removed stay out of it. */
export async function listBackups(args: {
  ctx: ServiceContext
  input: BackupFilter & PageQuery
}): Promise<Page<Backup>> {
  const { ctx, input } = args
  permit(ctx.actor, 'viewer')
  const direction = input.sort === 'startedAt' ? 'asc' : 'desc'
  const where = {
    deletedAt: null,
    sourceId: input.sourceId,
    status: input.status,
    kind: input.kind,
    verified: input.verified,
    ...(input.destinationId ? { copies: { some: { destinationId: input.destinationId, state: 'stored' } } } : {}),
    ...(input.from || input.to ? { startedAt: { gte: input.from, lte: input.to } } : {}),
  }
  return keysetPage(input, toBackup, (page) =>
    ctx.db.backup.findMany({
      where,
      include: backupInclude,
      omit: backupListOmit,
      orderBy: [{ startedAt: direction }, { id: direction }],
      ...page,
    }),
  )
}
