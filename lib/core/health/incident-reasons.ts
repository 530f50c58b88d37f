import type { AlertEvent } from '../../contracts/alerting/alert'
import type { HealthReason } from '../../contracts/status'

/**
 * Events that keep health from being good while their incident is open. What health decides from the backups itself
 * (failed runs, objectives, overdue tests) is not among them; money and tokens are told of, but are not health.
 */
export const healthEvents = [
  'copies-missing',
  'copy-damaged',
  'retention-paused',
  'backup-anomaly',
  'backup-incomplete',
  'destination-unreachable',
  'destination-nearly-full',
  'certificate-expiring',
  'channel-failed',
] as const satisfies AlertEvent[]

export interface OpenIncident {
  event: string
  sourceId: string | null
  title: string
  body: string
}

/** Open incidents as reasons, in the words in which they were told. */
export function incidentReasons(incidents: OpenIncident[]): HealthReason[] {
  return incidents.map(({ event, sourceId, title, body }) => ({
    code: event,
    level: 'degraded',
    message: `${title}. ${body}`.trim(),
    ...(sourceId ? { sourceId } : {}),
  }))
}
