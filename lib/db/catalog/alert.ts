import { z } from 'zod'
import { alertEventSchema, type Alert } from '../../contracts/alert'
import type { AlertModel } from '../generated/models/Alert'
import type { AlertDeliveryModel } from '../generated/models/AlertDelivery'
import { jsonObject } from './json-object'

const severitySchema = z.enum(['warning', 'critical'])
const phaseSchema = z.enum(['opened', 'resolved'])
const deliveryStateSchema = z.enum(['pending', 'sent', 'failed'])

/** An incident as the API shows it, with who was told. */
export function toAlert(row: AlertModel & { deliveries: AlertDeliveryModel[] }): Alert {
  return {
    id: row.id,
    key: row.key,
    event: alertEventSchema.parse(row.event),
    severity: severitySchema.parse(row.severity),
    sourceId: row.sourceId,
    title: row.title,
    body: row.body,
    facts: jsonObject(row.facts),
    openedAt: row.openedAt.toISOString(),
    lastSeenAt: row.lastSeenAt.toISOString(),
    count: row.count,
    resolvedAt: row.resolvedAt?.toISOString() ?? null,
    deliveries: row.deliveries.map((delivery) => ({
      channelId: delivery.channelId,
      phase: phaseSchema.parse(delivery.phase),
      state: deliveryStateSchema.parse(delivery.state),
      attempts: delivery.attempts,
      error: delivery.error,
      sentAt: delivery.sentAt?.toISOString() ?? null,
    })),
  }
}
