import { deleteBackup } from '@/lib/services/backup/delete-backup'
import type { ServiceContext } from '@/lib/services/context'

/** Deletes a backup without the grace time, confirmed by the name of its source. */
export async function deleteAtOnce(ctx: ServiceContext, id: string): Promise<void> {
  const { source } = await ctx.db.backup.findUniqueOrThrow({ where: { id }, include: { source: true } })
  await deleteBackup({ ctx, input: { id, immediately: true, confirm: source.name } })
}
