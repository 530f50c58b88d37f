import { describe, expect, it } from 'vitest'
import { choosePreload, recoverySettings } from '@/lib/engines/postgres/recovery/recovery-settings'

const input = {
  serverMajor: 15,
  segmentBytes: 16 * 2 ** 20,
  plan: { settings: { recovery_target_timeline: '2', recovery_target_xid: '741' } },
  use: 'promote' as const,
  config: '/sandbox/work/recovery',
  sockets: '/tmp/s',
  port: 5432,
  restoreCommand: 'true',
  atLeast: { max_connections: 900, max_locks_per_transaction: 8, max_prepared_transactions: 5 },
  libraries: [],
}

describe('settings of a recovery', () => {
  it('are at least as high as on the primary, and as a server needs', () => {
    expect(recoverySettings(input)).toMatchObject({
      max_connections: '900',
      max_locks_per_transaction: '64',
      max_prepared_transactions: '5',
      max_worker_processes: '8',
      max_wal_senders: '0',
    })
  })

  it.each([1, 16, 64, 1024])('hold two segments of %i MB', (segmentMb) => {
    const settings = recoverySettings({ ...input, segmentBytes: segmentMb * 2 ** 20 })
    expect(Number.parseInt(settings.min_wal_size ?? '', 10)).toBeGreaterThanOrEqual(2 * segmentMb)
    expect(Number.parseInt(settings.max_wal_size ?? '', 10)).toBeGreaterThanOrEqual(4 * segmentMb)
  })

  it('name only what the version has', () => {
    const names = (serverMajor: number) => Object.keys(recoverySettings({ ...input, serverMajor }))
    expect(names(14)).not.toContain('recovery_prefetch')
    expect(names(15)).toContain('recovery_prefetch')
    expect(names(16)).not.toContain('event_triggers')
    expect(names(17)).toContain('event_triggers')
    expect(names(17)).not.toContain('max_active_replication_origins')
    expect(names(18)).toContain('max_active_replication_origins')
  })

  it('load what is installed and does nothing by itself', () => {
    const installed = new Set(['pg_stat_statements', 'pg_cron', 'timescaledb'])
    const chosen = choosePreload(
      ['pg_stat_statements', '$libdir/pg_cron', '/srv/lib/timescaledb.so', 'audit', 'pg_stat_statements'],
      (library) => installed.has(library),
    )
    expect(chosen).toEqual({
      libraries: ['pg_stat_statements', 'timescaledb'],
      leftOut: [
        { library: 'pg_cron', because: 'it does work by itself' },
        { library: 'audit', because: 'it is not installed on this machine' },
      ],
    })
    expect(recoverySettings({ ...input, libraries: chosen.libraries })).toMatchObject({
      shared_preload_libraries: 'pg_stat_statements,timescaledb',
      'timescaledb.max_background_workers': '0',
    })
  })
})
