import type { RecoveryPlan } from '@/lib/core/recovery/plan-recovery'
import type { Settings } from '@/lib/engines/postgres/connect/session-settings'

/** Recovery refuses to go on, or to let anybody read meanwhile, where one of them is lower than it was on the primary. */
export const insistedSettings = [
  'max_connections',
  'max_worker_processes',
  'max_wal_senders',
  'max_prepared_transactions',
  'max_locks_per_transaction',
] as const

/**
 * Libraries whose processes do work by themselves: they run jobs, connect to other servers or send requests. What they keep in tables can
 * be read without them.
 */
const withWorkers = new Set([
  'autoprewarm',
  'bdr',
  'citus',
  'pg_auto_failover',
  'pg_background',
  'pg_cron',
  'pg_failover_slots',
  'pg_net',
  'pg_partman_bgw',
  'pg_prewarm',
  'pg_squeeze',
  'pg_timetable',
  'pgagent',
  'pgautofailover',
  'pglogical',
  'powa',
  'repmgr',
  'spock',
])

/** What is loaded at the start, and what of the source's is not, with the reason in words. */
export interface Preloaded {
  libraries: string[]
  leftOut: { library: string; because: string }[]
}

/** A library may have been named by a path, which says nothing on this machine. */
export function choosePreload(preload: readonly string[], isInstalled: (library: string) => boolean): Preloaded {
  const names = [...new Set(preload.map((name) => (name.split('/').at(-1) ?? name).replace(/\.(so|dylib)$/, '')))]
  const chosen: Preloaded = { libraries: [], leftOut: [] }
  for (const library of names) {
    if (withWorkers.has(library)) chosen.leftOut.push({ library, because: 'it does work by itself' })
    else if (isInstalled(library)) chosen.libraries.push(library)
    else chosen.leftOut.push({ library, because: 'it is not installed on this machine' })
  }
  return chosen
}

export interface RecoverySettingsInput {
  serverMajor: number
  segmentBytes: number
  plan: Pick<RecoveryPlan, 'settings'>
  /** `promote`: opened at the target. `look`: stays in recovery there, so that it can only be read. */
  use: 'promote' | 'look'
  /** Folder with the files of configuration that are used instead of the source's. */
  config: string
  sockets: string
  port: number
  restoreCommand: string
  /** The insisted settings, as high as they ever were on the primary. */
  atLeast: Readonly<Partial<Record<string, number>>>
  libraries: readonly string[]
}

/**
 * All settings of the server, given where nothing in the data directory can change them. It archives, replicates and sends nothing, runs
 * nothing by itself, and is reached by a private socket only. The data is a copy: what protects against a loss of power is off.
 */
export function recoverySettings(input: RecoverySettingsInput): Settings {
  const { serverMajor, segmentBytes, plan, use, config, sockets, port, atLeast, libraries } = input
  const insisted = insistedSettings.map((name) => [name, String(Math.max(atLeast[name] ?? 0, floors[name]))])
  const timescale = libraries.includes('timescaledb')
  return {
    // First, so that also what is wrong with the others is said so.
    log_line_prefix: '',
    lc_messages: 'C',
    config_file: `${config}/postgresql.conf`,
    hba_file: `${config}/pg_hba.conf`,
    ident_file: `${config}/pg_ident.conf`,
    external_pid_file: '',
    listen_addresses: '',
    unix_socket_directories: sockets,
    unix_socket_permissions: '0777',
    port: String(port),
    ...Object.fromEntries(insisted),
    superuser_reserved_connections: '3',
    shared_buffers: '128MB',
    maintenance_work_mem: '128MB',
    dynamic_shared_memory_type: 'mmap',
    huge_pages: 'off',
    jit: 'off',
    fsync: 'off',
    full_page_writes: 'off',
    synchronous_commit: 'off',
    wal_level: 'replica',
    archive_mode: 'off',
    restore_command: input.restoreCommand,
    recovery_target_action: use === 'look' ? 'pause' : 'promote',
    ...plan.settings,
    hot_standby: use === 'look' ? 'on' : 'off',
    default_transaction_read_only: use === 'look' ? 'on' : 'off',
    // Rare, since each writes all that was changed; what they free is the log that was replayed.
    max_wal_size: megabytes(Math.max(4 * 1024 ** 3, segmentBytes * 8)),
    // It must hold two segments, of whatever size.
    min_wal_size: megabytes(Math.max(80 * 1024 ** 2, segmentBytes * 2)),
    checkpoint_timeout: '1h',
    primary_conninfo: '',
    primary_slot_name: '',
    // There are no slots; replay keeps the positions of a subscriber's origins in as many places.
    max_replication_slots: '100',
    ...(serverMajor >= 18 ? { max_active_replication_origins: '100' } : {}),
    max_logical_replication_workers: '0',
    autovacuum: 'off',
    ssl: 'off',
    logging_collector: 'off',
    log_destination: 'stderr',
    log_min_messages: 'log',
    log_statement: 'none',
    shared_preload_libraries: libraries.join(','),
    session_preload_libraries: '',
    local_preload_libraries: '',
    ...(timescale ? { 'timescaledb.telemetry_level': 'off', 'timescaledb.max_background_workers': '0' } : {}),
    ...(serverMajor >= 15 ? { recovery_prefetch: 'try' } : {}),
    ...(serverMajor >= 17 ? { event_triggers: 'off' } : {}),
  }
}

const megabytes = (bytes: number): string => `${bytes / 1024 ** 2}MB`

/** What the server needs for itself, and a few connections. */
const floors: Record<(typeof insistedSettings)[number], number> = {
  max_connections: 20,
  max_worker_processes: 8,
  max_wal_senders: 0,
  max_prepared_transactions: 0,
  max_locks_per_transaction: 64,
}
