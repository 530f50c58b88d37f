import type { RestoreTest } from '@/lib/contracts/backup'
import { restoreTestInclude, toRestoreTest } from '@/lib/db/catalog/restore-test'
import type { ServiceContext } from '../context'
import { found } from '../not-found'
import { permit } from '../permit'

/** One restore test with its checks and evidence; throws `not-found`. */
export async function getRestoreTest(args: { ctx: ServiceContext; input: { id: string } }): Promise<RestoreTest> {
  permit(args.ctx.actor, 'viewer')
  const row = await args.ctx.db.restoreTest.findUnique({ where: { id: args.input.id }, include: restoreTestInclude })
  return toRestoreTest(found(row, 'restore test'))
}
