import { alertEventSchema, severitySchema } from '@/lib/contracts/alerting/alert-event'
import type { Alert } from '@/lib/contracts/alerting/alert'
import { actorSchema } from '../../contracts/common'
import type { AlertModel } from '../generated/models/Alert'
import type { AlertDeliveryModel } from '../generated/models/AlertDelivery'
import { toDelivery } from './delivery'
import { jsonObject } from './json-object'

/** An incident as the API shows it, with who was notified. */
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
    acknowledgedAt: row.acknowledgedAt?.toISOString() ?? null,
    acknowledgedBy: nameOf(row.acknowledgedBy),
    deliveries: row.deliveries.map((delivery) => ({ ...toDelivery(delivery), channelId: delivery.channelId })),
  }
}

function nameOf(stored: unknown): string | null {
  const actor = actorSchema.safeParse(stored)
  if (!actor.success) return null
  switch (actor.data.type) {
    case 'user':
      return actor.data.email
    case 'token':
      return actor.data.name
    case 'cli':
      return actor.data.user
    case 'worker':
      return 'worker'
  }
}
