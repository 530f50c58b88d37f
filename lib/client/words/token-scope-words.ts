import type { TokenScope } from '@/lib/contracts/people/token-scope'

/** What each scope lets a token do, in words. */
export const scopeWords: Record<TokenScope, string> = {
  'status:read': 'See the status, health and alerts',
  'metrics:read': 'Read the metrics',
  'alerts:acknowledge': 'Acknowledge alerts',
  'backups:read': 'See backups, restore tests, restores and jobs',
  'backups:run': 'Take backups, pin and annotate them',
  'backups:download': 'Download backups, decrypted',
  'backups:delete': 'Delete backups',
  'restore-tests:run': 'Run restore tests and verifications',
  'restores:run': 'Restore backups',
  'jobs:cancel': 'Cancel jobs',
  'config:read': 'See sources, destinations, schedules, policies and channels',
  'config:write': 'Change and test sources, destinations, schedules, policies and channels',
  'log:push': 'Hand in the log of a source, and nothing else',
  'audit:read': 'Read, check and export the audit log',
  admin: 'Everything, with users, tokens and settings',
}
