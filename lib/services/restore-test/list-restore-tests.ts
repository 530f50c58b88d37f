import type { RestoreTest } from '@/lib/contracts/backup'
import type { Page, PageQuery } from '@/lib/contracts/common'
import { restoreTestInclude, toRestoreTest } from '@/lib/db/catalog/restore-test'
import { keysetPage } from '@/lib/db/keyset-page'
import type { ServiceContext } from '../context'
import { permit } from '../permit'

/** Restore tests, newest first; of one backup or one source when asked. */
export async function listRestoreTests(args: {
  ctx: ServiceContext
  input: { backupId?: string; sourceId?: string; level?: string } & PageQuery
}): Promise<Page<RestoreTest>> {
  const { ctx, input } = args
  permit(ctx.actor, 'viewer')
  return keysetPage(input, toRestoreTest, (page) =>
    ctx.db.restoreTest.findMany({
      where: {
        backupId: input.backupId,
        level: input.level,
        ...(input.sourceId ? { backup: { sourceId: input.sourceId } } : {}),
      },
      include: restoreTestInclude,
      orderBy: [{ startedAt: 'desc' }, { id: 'desc' }],
      ...page,
    }),
  )
}
