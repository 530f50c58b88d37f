import type { Operations } from '@/lib/contracts/operations'
import type { ServiceContext } from '../context'
import { permit } from '../permit'
import { readOperations } from './read-operations'

/** The settings of unattended running. */
export async function getOperations({ ctx }: { ctx: ServiceContext }): Promise<Operations> {
  permit(ctx.actor, 'viewer')
  return readOperations(ctx.db)
}
