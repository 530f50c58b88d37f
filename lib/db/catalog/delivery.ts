import { deliveryPhaseSchema, deliveryStateSchema, type DeliveryPhase } from '@/lib/contracts/alerting/alert'
import type { AlertDeliveryModel } from '../generated/models/AlertDelivery'

/** Reminders are numbered in the catalog (`reminder-3`), so that each exists once; the number says nothing outside. */
export const reminderPrefix = 'reminder-'

/** The phase of a delivery's row. */
export function phaseOf(stored: string): DeliveryPhase {
  return stored.startsWith(reminderPrefix) ? 'reminder' : deliveryPhaseSchema.parse(stored)
}

/** A delivery's own facts as the API shows them. */
export function toDelivery(row: AlertDeliveryModel) {
  const state = deliveryStateSchema.parse(row.state)
  return {
    id: row.id,
    phase: phaseOf(row.phase),
    state,
    attempts: row.attempts,
    error: row.error,
    createdAt: row.createdAt.toISOString(),
    nextAt: state === 'pending' ? row.nextAt.toISOString() : null,
    sentAt: row.sentAt?.toISOString() ?? null,
  }
}
