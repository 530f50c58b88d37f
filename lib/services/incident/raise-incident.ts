import type { AlertEvent } from '@/lib/contracts/alert'
import type { Tx } from '@/lib/db/client'
import { Prisma } from '@/lib/db/generated/client'
import { toJson } from '@/lib/db/to-json'

export interface Incident {
  event: AlertEvent
  severity: 'warning' | 'critical'
  /** What it is about; with the event it makes the key under which an incident is open once. */
  subjectId: string
  sourceId: string | null
  title: string
  body: string
  facts?: Record<string, unknown>
}

export const incidentKey = (event: AlertEvent, subjectId: string): string => `${event}:${subjectId}`

/**
 * Opens an incident and queues one notification a channel; when it is open already it only counts and keeps the
 * newest text. So a source that fails every hour is told of once, until it recovers.
 */
export async function raiseIncident(tx: Tx, incident: Incident, now: Date): Promise<void> {
  const key = incidentKey(incident.event, incident.subjectId)
  const facts = JSON.stringify(toJson(incident.facts ?? {}))
  const rows = await tx.$queryRaw<{ id: string; count: number }[]>(Prisma.sql`
    INSERT INTO alert (id, key, event, severity, source_id, title, body, facts, opened_at, last_seen_at)
    VALUES (gen_random_uuid(), ${key}, ${incident.event}, ${incident.severity}, ${incident.sourceId}::uuid,
            ${incident.title}, ${incident.body}, ${facts}::jsonb, ${now}, ${now})
    ON CONFLICT (key) WHERE resolved_at IS NULL
    DO UPDATE SET last_seen_at = excluded.last_seen_at, count = alert.count + 1, body = excluded.body, facts = excluded.facts
    RETURNING id, count`)
  const opened = rows[0]
  if (!opened || opened.count > 1) return
  const channels = await tx.channel.findMany({ where: { enabled: true, deletedAt: null }, select: { id: true } })
  await tx.alertDelivery.createMany({
    data: channels.map((channel) => ({ alertId: opened.id, channelId: channel.id, phase: 'opened', state: 'pending' })),
  })
}
