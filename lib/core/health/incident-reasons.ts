import type { AlertEvent } from '../../contracts/alerting/alert'
import type { HealthReason } from '../../contracts/status'

/**
 * Events that keep health from being good while their incident is open. What health decides from the backups itself (failed
 * runs, objectives, overdue tests) is not among them; costs and tokens are reported, but do not affect health.
 */
export const healthEvents = [
  'log-behind',
  'log-at-risk',
  'log-gap',
  'log-damaged',
  'log-refused',
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

/** Open incidents as reasons, in the words of their alerts. */
export function incidentReasons(incidents: OpenIncident[]): HealthReason[] {
  return incidents.map(({ event, sourceId, title, body }) => ({
    code: event,
    level: 'degraded',
    message: `${title}. ${body}`.trim(),
    ...(sourceId ? { sourceId } : {}),
  }))
}
