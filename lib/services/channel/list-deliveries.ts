import type { Delivery } from '@/lib/contracts/alerting/alert'
import { alertEventSchema, severitySchema } from '@/lib/contracts/alerting/alert-event'
import type { Page, PageQuery } from '@/lib/contracts/common'
import { toDelivery } from '@/lib/db/catalog/delivery'
import type { AlertModel } from '@/lib/db/generated/models/Alert'
import type { AlertDeliveryModel } from '@/lib/db/generated/models/AlertDelivery'
import { keysetPage } from '@/lib/db/keyset-page'
import type { ServiceContext } from '../context'
import { permit } from '../permit'
import { findChannel } from './find-channel'

/** What was sent through a channel and what could not be, newest first. Throws `not-found`. */
export async function listDeliveries({
  ctx,
  input,
}: {
  ctx: ServiceContext
  input: { id: string } & PageQuery
}): Promise<Page<Delivery>> {
  permit(ctx.actor, 'viewer')
  const { id: channelId } = await findChannel(ctx.db, input.id)
  return keysetPage({ limit: input.limit, cursor: input.cursor }, show, (keys) =>
    ctx.db.alertDelivery.findMany({
      where: { channelId },
      include: { alert: true },
      orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
      ...keys,
    }),
  )
}

function show(row: AlertDeliveryModel & { alert: AlertModel }): Delivery {
  return {
    ...toDelivery(row),
    alertId: row.alertId,
    event: alertEventSchema.parse(row.alert.event),
    severity: severitySchema.parse(row.alert.severity),
    title: row.alert.title,
  }
}
