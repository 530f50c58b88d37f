import type { Operations } from '@/lib/contracts/operations'
import { withoutPath } from '../audit/field-changes'
import type { ServiceContext } from '../context'
import { permit } from '../permit'
import { readOperations } from './read-operations'

/** The settings of unattended running. Who knows the whole address of the dead man's switch can keep it quiet: administrators only. */
export async function getOperations({ ctx }: { ctx: ServiceContext }): Promise<Operations> {
  permit(ctx.actor, 'viewer')
  const operations = await readOperations(ctx.db)
  if (ctx.actor.role === 'admin' || operations.deadManSwitch.url === null) return operations
  const url = String(withoutPath(operations.deadManSwitch.url))
  return { ...operations, deadManSwitch: { ...operations.deadManSwitch, url } }
}
