import type { AlertEvent } from '@/lib/contracts/alerting/alert'
import type { Finding } from '@/lib/core/health/source-findings'
import type { Db } from '@/lib/db/client'
import { incidentKey, raiseIncident } from '@/lib/services/incident/raise-incident'
import { resolveIncident } from '@/lib/services/incident/resolve-incident'

/** A finding about a subject; `sourceId` when the subject is a source. */
export interface Found {
  subjectId: string
  sourceId: string | null
  finding: Finding
}

/**
 * Makes the open incidents of these events what a watcher found: opens what is new, ends what is gone. What goes on is only
 * marked as seen, or raised again when its words changed; either way it is reported once, however often it is checked.
 * Subjects in `unknown` could not be looked at: theirs stay as they are. `subjects` limits all this to those, where others
 * have incidents of the same event.
 */
export async function updateIncidents(
  db: Db,
  args: { events: AlertEvent[]; found: Found[]; unknown?: string[]; subjects?: string[]; now: Date },
): Promise<void> {
  const { events, found, now } = args
  const keys = args.subjects?.flatMap((subject) => events.map((event) => incidentKey(event, subject)))
  const open = await db.alert.findMany({
    where: { event: { in: events }, resolvedAt: null, ...(keys ? { key: { in: keys } } : {}) },
    select: { id: true, key: true, event: true, severity: true, title: true, body: true },
  })
  const openByKey = new Map(open.map((alert) => [alert.key, alert]))
  const keyOf = ({ finding, subjectId }: Found) => incidentKey(finding.event, subjectId)
  for (const each of found) {
    const { finding, subjectId, sourceId } = each
    const told = openByKey.get(keyOf(each))
    if (told?.title === finding.title && told.body === finding.body && !worsens(told.severity, finding.severity))
      continue
    await db.$transaction((tx) => raiseIncident(tx, { ...finding, subjectId, sourceId }, now))
  }
  const foundKeys = new Set(found.map(keyOf))
  const kept = new Set((args.unknown ?? []).flatMap((id) => events.map((event) => incidentKey(event, id))))
  for (const alert of open) {
    if (foundKeys.has(alert.key) || kept.has(alert.key)) continue
    const event = events.find((each) => each === alert.event)
    if (event) {
      const subjectId = alert.key.slice(event.length + 1)
      await db.$transaction((tx) => resolveIncident(tx, [event], subjectId, now))
    }
  }
  const going = open.filter((alert) => foundKeys.has(alert.key)).map((alert) => alert.id)
  if (going.length > 0) await db.alert.updateMany({ where: { id: { in: going } }, data: { lastSeenAt: now } })
}

const worsens = (before: string, after: string): boolean => before === 'warning' && after === 'critical'
