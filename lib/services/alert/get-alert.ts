import type { Alert } from '@/lib/contracts/alerting/alert'
import { toAlert } from '@/lib/db/catalog/alert'
import type { ServiceContext } from '../context'
import { found } from '../not-found'
import { permit } from '../permit'

/** One incident; throws `not-found`. */
export async function getAlert({ ctx, input }: { ctx: ServiceContext; input: { id: string } }): Promise<Alert> {
  permit(ctx.actor, 'viewer')
  const row = await ctx.db.alert.findUnique({ where: { id: input.id }, include: { deliveries: true } })
  return toAlert(found(row, 'alert'))
}
