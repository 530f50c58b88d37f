import type { Alert } from '@/lib/contracts/alerting/alert'
import { HoldfastError } from '@/lib/core/holdfast-error'
import { toAlert } from '@/lib/db/catalog/alert'
import { toJson } from '@/lib/db/to-json'
import { recordAudit } from '../audit/record-audit'
import type { ServiceContext } from '../context'
import { queueAcknowledged } from '../incident/queue-acknowledged'
import { found } from '../not-found'
import { permit } from '../permit'

/**
 * Someone is working on an incident: reminders stop, its end is still reported. The first person to acknowledge it stays
 * named. Throws `not-found` and `already-finished`.
 */
export async function acknowledgeAlert({ ctx, input }: { ctx: ServiceContext; input: { id: string } }): Promise<Alert> {
  permit(ctx.actor, 'operator')
  const now = ctx.clock.now()
  return ctx.db.$transaction(async (tx) => {
    const alert = found(await tx.alert.findUnique({ where: { id: input.id } }), 'alert')
    if (alert.resolvedAt) {
      throw new HoldfastError('already-finished', 'This alert is over.', { remedy: 'There is nothing left to do.' })
    }
    const { count } = await tx.alert.updateMany({
      where: { id: alert.id, acknowledgedAt: null },
      data: { acknowledgedAt: now, acknowledgedBy: toJson(ctx.actor) },
    })
    if (count === 1) {
      await queueAcknowledged(tx, alert.id)
      await recordAudit(tx, ctx.actor, {
        action: 'alert.acknowledge',
        subjectType: 'alert',
        subjectId: alert.id,
        detail: { event: alert.event, title: alert.title },
      })
    }
    return toAlert(
      await tx.alert.findUniqueOrThrow({
        where: { id: alert.id },
        include: { deliveries: { orderBy: { createdAt: 'asc' } } },
      }),
    )
  })
}
