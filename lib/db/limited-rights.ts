/** Tables whose rows belong to a source. Each has a policy; requests of limited tokens may do anything with their own rows. */
export const tablesOfSources = [
  'source',
  'schedule',
  'job',
  'backup_history',
  'backup_copy',
  'restore_test',
  'restore',
  'restore_grant',
  'alert',
  'alert_delivery',
  'signed_list',
  'source_total',
  'source_state',
  'source_change',
  'backup_day',
  'copy_total',
  'log_stream',
  'log_total',
  'log_timeline',
  'log_period',
  'log_segment',
  'log_slice',
  'log_range',
  'log_removal',
  'restore_point',
  'recovery',
  'recovery_query',
  'log_reading',
  'log_damage',
] as const

/** Views of them, read with the rights of who asks. */
export const viewsOfSources = ['source_now'] as const

type Right = 'SELECT' | 'INSERT' | 'UPDATE' | 'DELETE'

/**
 * Tables of the whole instance: why their rows belong to no source, and what a request of a limited token may do with
 * them. Which services may be asked is for permissions and scopes to say; this is the most they could do.
 */
export const tablesOfInstance: Record<string, { rights: Right[]; reason: string }> = {
  destination: {
    rights: ['SELECT'],
    reason: 'shared by sources; what it reveals about them is hidden (hide-other-sources)',
  },
  retention_policy: { rights: ['SELECT'], reason: 'rules that sources share' },
  policy: { rights: ['SELECT'], reason: 'timing that sources share' },
  setting: { rights: ['SELECT'], reason: 'facts and settings of the instance' },
  worker: { rights: ['SELECT'], reason: 'worker processes' },
  destination_day: { rights: [], reason: 'sums over all sources of a destination' },
  storage_finding: { rights: [], reason: 'objects in a store that belong to nothing known' },
  channel: { rights: ['SELECT'], reason: 'how administrators are reached, and of what; an incident asks it' },
  approval: { rights: ['SELECT', 'INSERT', 'UPDATE'], reason: 'asked for before a guarded change, and used up by it' },
  audit_intake: { rights: ['SELECT', 'INSERT', 'DELETE'], reason: 'the event of a change, until the change commits' },
  audit_head: { rights: ['SELECT', 'UPDATE'], reason: 'the end of the audit chain, moved by its trigger' },
  audit_event: { rights: ['INSERT'], reason: 'the audit log, written by its trigger and not read' },
  app_user: { rights: [], reason: 'people' },
  session: { rights: [], reason: 'where people are signed in' },
  known_device: { rights: [], reason: 'browsers of people' },
  sign_in_attempt: { rights: [], reason: 'attempts to sign in' },
  invitation: { rights: [], reason: 'accounts that are not taken up yet' },
  api_token: { rights: [], reason: 'tokens' },
  _prisma_migrations: { rights: [], reason: 'which migrations the catalog has' },
}

/** Sequences that triggers take numbers from. */
export const limitedSequences = ['source_change_id_seq'] as const

/** Every relation of the catalog with what requests of limited tokens may do with it. */
export function limitedRights(): Map<string, readonly string[]> {
  return new Map<string, readonly string[]>([
    ...tablesOfSources.map((name) => [name, ['SELECT', 'INSERT', 'UPDATE', 'DELETE']] as const),
    ...viewsOfSources.map((name) => [name, ['SELECT']] as const),
    ...Object.entries(tablesOfInstance).map(([name, { rights }]) => [name, rights] as const),
    ...limitedSequences.map((name) => [name, ['USAGE']] as const),
  ])
}
