import type { AlertEvent, DeliveryPhase, DeliveryState } from '@/lib/contracts/alerting/alert'
import type { CheckVerdict, CopyState, Verified } from '@/lib/contracts/backup'
import type { BackupKind } from '@/lib/contracts/backup-kind'
import type { ChannelKind } from '@/lib/contracts/alerting/channel-config'
import type { JobState } from '@/lib/contracts/common'
import type { LogStreamState } from '@/lib/contracts/recovery/continuous'
import type { JobKind } from '@/lib/contracts/job'
import type { RestoreTestLevel } from '@/lib/contracts/schedule'
import type { HealthLevel } from '@/lib/contracts/status'

/**
 * What a colour says. `proven` is green and kept for what a restore has shown, and for log that is known to have no gap; a stored
 * backup is only `info`.
 */
export type Tone = 'proven' | 'info' | 'neutral' | 'warn' | 'bad' | 'running'

export const stateWords: Record<JobState, { label: string; tone: Tone; means: string }> = {
  queued: { label: 'Queued', tone: 'neutral', means: 'Waits for a worker' },
  running: { label: 'Running', tone: 'running', means: 'A worker is running it' },
  succeeded: { label: 'Succeeded', tone: 'info', means: 'Finished, every copy confirmed' },
  partial: { label: 'Partial', tone: 'warn', means: 'At least one copy is missing' },
  failed: { label: 'Failed', tone: 'bad', means: 'Nothing usable was made' },
  cancelled: { label: 'Cancelled', tone: 'neutral', means: 'Stopped by a person' },
  interrupted: { label: 'Interrupted', tone: 'warn', means: 'The worker went away' },
  missed: { label: 'Missed', tone: 'bad', means: 'Was due and did not start' },
}

export const activeStates: readonly JobState[] = ['queued', 'running']
export const isActive = (state: JobState): boolean => activeStates.includes(state)

export const verifiedWords: Record<Verified, { label: string; tone: Tone; means: string }> = {
  proven: { label: 'Proven', tone: 'proven', means: 'A restore test of this backup passed' },
  unproven: { label: 'Not proven', tone: 'neutral', means: 'No restore test of this backup has passed yet' },
  broken: { label: 'Broken', tone: 'bad', means: 'A verify or restore test of this backup failed' },
}

export const healthWords: Record<HealthLevel, { label: string; tone: Tone }> = {
  healthy: { label: 'Healthy', tone: 'proven' },
  degraded: { label: 'Needs attention', tone: 'warn' },
  unhealthy: { label: 'At risk', tone: 'bad' },
  unknown: { label: 'Unknown', tone: 'neutral' },
}

export const verdictWords: Record<CheckVerdict, { label: string; tone: Tone }> = {
  passed: { label: 'Passed', tone: 'proven' },
  failed: { label: 'Failed', tone: 'bad' },
  inconclusive: { label: 'Inconclusive', tone: 'warn' },
}

export const copyWords: Record<CopyState, { label: string; tone: Tone }> = {
  pending: { label: 'Waiting', tone: 'neutral' },
  uploading: { label: 'Uploading', tone: 'running' },
  stored: { label: 'Stored', tone: 'info' },
  failed: { label: 'Failed', tone: 'bad' },
  missing: { label: 'Missing', tone: 'bad' },
  damaged: { label: 'Damaged', tone: 'bad' },
  deleted: { label: 'Deleted', tone: 'neutral' },
}

export const logStreamWords: Record<LogStreamState, { label: string; tone: Tone; means: string }> = {
  starting: { label: 'Starting', tone: 'neutral', means: 'A worker takes it up within seconds' },
  streaming: { label: 'Streaming', tone: 'running', means: 'The log is stored as the server writes it' },
  waiting: { label: 'Waiting', tone: 'warn', means: 'The log could not be followed; the server keeps it meanwhile' },
  ending: { label: 'Ending', tone: 'neutral', means: 'The slot is being removed from the server' },
}

/** The same of a log that its server hands in. */
export const pushedLogWords: Record<LogStreamState, { label: string; tone: Tone; means: string }> = {
  starting: { label: 'Starting', tone: 'neutral', means: 'A worker takes it up within seconds' },
  streaming: { label: 'Handed in', tone: 'running', means: 'The server hands in its log, a segment at a time' },
  waiting: {
    label: 'Waiting',
    tone: 'warn',
    means: 'What the server hands in is stored; nobody knows what it has not',
  },
  ending: { label: 'Ending', tone: 'neutral', means: 'Nothing is taken from the server any more' },
}

export const jobKindWords: Record<JobKind, string> = {
  backup: 'Backup',
  'restore-test': 'Restore test',
  restore: 'Restore',
  recovery: 'Recovery',
  retention: 'Retention',
  cleanup: 'Clean-up',
  copy: 'Copy',
  reverify: 'Read back',
  inventory: 'Inventory',
  rewrap: 'Wrapping keys for the recovery kit',
}

export const backupKindWords: Record<BackupKind, string> = {
  logical: 'Logical',
  base: 'Base',
  incremental: 'Incremental',
  snapshot: 'Snapshot',
}

/** `proves` where no engine says it in its own words (components/engines). */
export const levelWords: Record<RestoreTestLevel, { label: string; proves: string }> = {
  quick: {
    label: 'Quick',
    proves: 'Every copy is there, matches its checksums, decrypts and decompresses to its end.',
  },
  standard: {
    label: 'Standard',
    proves: 'Restores into a sandbox without an error, and counts what is there against the backup.',
  },
  comprehensive: {
    label: 'Comprehensive',
    proves: 'Restores into a sandbox without an error, and compares all content with the backup.',
  },
}

export const alertWords: Record<AlertEvent, string> = {
  'backup-failed': 'Backup failed',
  'backup-partial': 'A copy is missing',
  'backup-slow': 'Backup runs long',
  'backup-missed': 'Run missed',
  'backup-anomaly': 'Backup looks unusual',
  'backup-incomplete': 'Backup leaves something out',
  'restore-test-failed': 'Restore test failed',
  'restore-test-overdue': 'Restore test overdue',
  'exposure-over-objective': 'Exposure over the objective',
  'restore-over-objective': 'Restore takes too long',
  'log-behind': 'The log is not stored in time',
  'log-at-risk': 'The server may lose log',
  'log-gap': 'Gap in the log',
  'log-damaged': 'Stored log is damaged',
  'log-refused': 'Log of another server was refused',
  'copies-missing': 'Too few copies',
  'copy-damaged': 'A stored copy is damaged',
  'retention-paused': 'Retention paused',
  'deletion-planned': 'Backups will be deleted',
  'destination-unreachable': 'Destination unreachable',
  'destination-nearly-full': 'Destination nearly full',
  'destination-over-budget': 'Destination over budget',
  'unknown-objects': 'Unknown objects in a store',
  'signature-broken': 'Signatures in a store were tampered with',
  'certificate-expiring': 'Certificate expires soon',
  'key-expiring': 'Key or token expires soon',
  'worker-silent': 'No worker is running',
  'channel-failed': 'Alerts do not arrive',
  'guarded-change': 'Guarded change',
}

export const channelKindWords: Record<ChannelKind, string> = {
  email: 'E-mail',
  slack: 'Slack',
  teams: 'Microsoft Teams',
  discord: 'Discord',
  telegram: 'Telegram',
  pagerduty: 'PagerDuty',
  webhook: 'Webhook',
  syslog: 'Syslog',
}

export const deliveryPhaseWords: Record<DeliveryPhase, string> = {
  opened: 'Alert',
  reminder: 'Reminder',
  acknowledged: 'Acknowledgement',
  resolved: 'End',
}

export const deliveryStateWords: Record<DeliveryState, { label: string; tone: Tone }> = {
  pending: { label: 'on its way', tone: 'neutral' },
  sent: { label: 'sent', tone: 'info' },
  failed: { label: 'could not be delivered', tone: 'bad' },
  skipped: { label: 'not told', tone: 'neutral' },
}

/** `failed-login` as `failed login`: names made for programs, shown to people. */
export const plain = (name: string): string => name.replace(/[-_.]/g, ' ')
