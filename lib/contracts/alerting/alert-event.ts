import { z } from 'zod'

/** Every kind of event that people are notified of. */
export const alertEvents = [
  'backup-failed',
  'backup-partial',
  'backup-slow',
  'backup-missed',
  'backup-anomaly',
  'backup-incomplete',
  'restore-test-failed',
  'restore-test-overdue',
  'exposure-over-objective',
  'restore-over-objective',
  'log-behind',
  'log-at-risk',
  'log-gap',
  'log-damaged',
  'log-refused',
  'copies-missing',
  'copy-damaged',
  'retention-paused',
  'deletion-planned',
  'destination-unreachable',
  'destination-nearly-full',
  'destination-over-budget',
  'unknown-objects',
  'signature-broken',
  'certificate-expiring',
  'key-expiring',
  'worker-silent',
  'channel-failed',
  'guarded-change',
] as const
export const alertEventSchema = z.enum(alertEvents)
export type AlertEvent = z.infer<typeof alertEventSchema>

export const severitySchema = z.enum(['warning', 'critical'])
export type Severity = z.infer<typeof severitySchema>
