import type { ServiceContext } from '../context'
import { startRetention } from './start-retention'

/** Starts the retention of every source in which something waited for its grace time, and that is over. */
export async function startDueRetention(args: { ctx: ServiceContext; now: Date }): Promise<string[]> {
  const { ctx, now } = args
  const due = { deletedAt: null, deleteAfter: { lte: now } }
  const [backups, copies] = await Promise.all([
    ctx.db.backup.findMany({ where: due, distinct: ['sourceId'], select: { sourceId: true } }),
    ctx.db.backupCopy.findMany({
      where: { ...due, state: { not: 'deleted' }, backup: { deletedAt: null } },
      select: { backup: { select: { sourceId: true } } },
    }),
  ])
  const sourceIds = new Set([...backups, ...copies.map((copy) => copy.backup)].map((row) => row.sourceId))
  await startRetention(ctx, [...sourceIds])
  return [...sourceIds]
}
