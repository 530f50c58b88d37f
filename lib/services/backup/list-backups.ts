import type { Backup, BackupFilter } from '@/lib/contracts/backup'
import type { Page, PageQuery } from '@/lib/contracts/common'
import { toBackup } from '@/lib/db/catalog/backup'
import { readBackupRows } from '@/lib/db/catalog/read-backup-rows'
import { assertCursor, toPage } from '@/lib/db/keyset-page'
import type { Prisma } from '@/lib/db/generated/client'
import type { ServiceContext } from '../context'
import { permit } from '../permit'

/** The history, newest first unless sorted otherwise. Rows whose objects retention removed stay out of it. */
export async function listBackups(args: {
  ctx: ServiceContext
  input: BackupFilter & PageQuery
}): Promise<Page<Backup>> {
  const { ctx, input } = args
  permit(ctx.actor, 'viewer')
  assertCursor(input)
  const direction = input.sort === 'startedAt' ? 'asc' : 'desc'
  const where: Prisma.BackupWhereInput = {
    deletedAt: null,
    sourceId: input.sourceId,
    status: input.status,
    kind: input.kind,
    verified: input.verified,
    ...(input.destinationId ? { copies: { some: { destinationId: input.destinationId, state: 'stored' } } } : {}),
    ...(input.from || input.to ? { startedAt: { gte: input.from, lte: input.to } } : {}),
  }
  const last = input.cursor
    ? await ctx.db.backup.findUnique({ where: { id: input.cursor }, select: { id: true, startedAt: true } })
    : null
  if (input.cursor && !last) return { items: [], nextCursor: null }
  const found = await ctx.db.backup.findMany({
    where: last ? { AND: [where, ...after(last, direction)] } : where,
    select: { id: true },
    orderBy: [{ startedAt: direction }, { id: direction }],
    take: input.limit + 1,
  })
  const ids = found.map(({ id }) => id)
  const byId = await readBackupRows(ctx.db, ids)
  const rows = ids.flatMap((id) => byId.get(id) ?? [])
  return toPage(input, rows, toBackup)
}

/**
 * Rows beyond the one shown last. The bound on the time alone is redundant, but it is what an index can begin at: with
 * only the `OR`, the thousandth page would read all pages before it.
 */
function after(last: { id: string; startedAt: Date }, direction: 'asc' | 'desc'): Prisma.BackupWhereInput[] {
  const { id, startedAt } = last
  return direction === 'desc'
    ? [{ startedAt: { lte: startedAt } }, { OR: [{ startedAt: { lt: startedAt } }, { id: { lt: id } }] }]
    : [{ startedAt: { gte: startedAt } }, { OR: [{ startedAt: { gt: startedAt } }, { id: { gt: id } }] }]
}
