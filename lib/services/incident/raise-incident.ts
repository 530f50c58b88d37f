import type { AlertEvent, Severity } from '@/lib/contracts/alerting/alert-event'
import type { Tx } from '@/lib/db/client'
import { Prisma } from '@/lib/db/generated/client'
import { toJson } from '@/lib/db/to-json'
import { queueOpened } from './queue-opened'

export interface Incident {
  event: AlertEvent
  severity: Severity
  /** What it is about; with the event it makes the key under which an incident is open once. */
  subjectId: string
  sourceId: string | null
  title: string
  body: string
  facts?: Record<string, unknown>
  /** A channel that is not notified, because the incident is about it. */
  exceptChannelId?: string
}

export const incidentKey = (event: AlertEvent, subjectId: string): string => `${event}:${subjectId}`

/**
 * Opens an incident and queues one notification a channel whose routing wants it; when it is open already, it only counts,
 * keeps the newest text and the highest severity, and notifies channels that were not notified yet. So a source that fails
 * every hour is reported once, until it recovers.
 */
export async function raiseIncident(tx: Tx, incident: Incident, now: Date): Promise<void> {
  const key = incidentKey(incident.event, incident.subjectId)
  const facts = JSON.stringify(toJson(incident.facts ?? {}))
  const rows = await tx.$queryRaw<{ id: string; severity: Severity; acknowledged: boolean }[]>(Prisma.sql`
    INSERT INTO alert (id, key, event, severity, source_id, title, body, facts, opened_at, last_seen_at)
    VALUES (gen_random_uuid(), ${key}, ${incident.event}, ${incident.severity}, ${incident.sourceId}::uuid,
            ${incident.title}, ${incident.body}, ${facts}::jsonb, ${now}, ${now})
    ON CONFLICT (key) WHERE resolved_at IS NULL
    DO UPDATE SET last_seen_at = excluded.last_seen_at, count = alert.count + 1, title = excluded.title,
      body = excluded.body, facts = excluded.facts,
      severity = CASE WHEN 'critical' IN (alert.severity, excluded.severity) THEN 'critical' ELSE 'warning' END
    RETURNING id, severity, acknowledged_at IS NOT NULL AS acknowledged`)
  const open = rows[0]
  // Who took it over need not be called again because one more channel is there now.
  if (!open || open.acknowledged) return
  await queueOpened(tx, { ...incident, severity: open.severity, id: open.id }, now)
}
