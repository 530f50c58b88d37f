import { describe, expect, test } from 'vitest'
import { adviceFindings } from '@/lib/engines/postgres/log/check/advice'
import { archivingFindings, onlyForBases } from '@/lib/engines/postgres/log/check/archiving'
import { pushedCapacityFindings } from '@/lib/engines/postgres/log/check/capacity'
import { keepingFindings } from '@/lib/engines/postgres/log/check/keeping'
import { managedFinding } from '@/lib/engines/postgres/log/check/managed'
import type { ServerFacts } from '@/lib/engines/postgres/log/check/read-server'

const gb = 1024 ** 3

const facts = (changes: Partial<ServerFacts>): ServerFacts => ({
  identity: { major: 17, version: '17.2', standby: false },
  user: 'backup',
  replication: true,
  settings: {},
  senders: 0,
  slots: [],
  ownSlot: null,
  hourlyBytes: null,
  marks: { roles: [], prefixes: [] },
  address: '192.0.2.7',
  ...changes,
})

describe('how much log a slot keeps', () => {
  test.each<
    [what: string, settings: Record<string, string>, hourlyBytes: number | null, codes: string[], size: string | null]
  >([
    ['nothing is known', {}, null, [], null],
    ['without limit', { max_slot_wal_keep_size: '-1' }, null, ['slot-keep-unlimited'], '10GB'],
    ['without limit, 2 GB an hour', { max_slot_wal_keep_size: '-1' }, 2 * gb, ['slot-keep-unlimited'], '24GB'],
    ['without limit, 50 GB an hour', { max_slot_wal_keep_size: '-1' }, 50 * gb, ['slot-keep-unlimited'], '100GB'],
    ['none', { max_slot_wal_keep_size: '0' }, null, ['slot-keep-small'], '10GB'],
    ['just below 1 GB', { max_slot_wal_keep_size: '1023' }, null, ['slot-keep-small'], '10GB'],
    ['1 GB', { max_slot_wal_keep_size: '1024' }, null, [], null],
    ['less than an hour', { max_slot_wal_keep_size: '4096' }, 4 * gb + 1, ['slot-keep-small'], '49GB'],
    ['as much as 60 minutes', { max_slot_wal_keep_size: '4096' }, 4 * gb, [], null],
    ['a lot', { max_slot_wal_keep_size: '204800' }, 150 * gb, [], null],
    ['a lot, and less than an hour', { max_slot_wal_keep_size: '204800' }, 250 * gb, ['slot-keep-small'], '250GB'],
    [
      'for some time only',
      { max_slot_wal_keep_size: '4096', idle_replication_slot_timeout: '3600' },
      null,
      ['slot-idle-timeout'],
      null,
    ],
    ['for any time', { max_slot_wal_keep_size: '4096', idle_replication_slot_timeout: '0' }, null, [], null],
  ])('%s', (_, settings, hourlyBytes, codes, size) => {
    const findings = keepingFindings(facts({ settings, hourlyBytes }))
    expect(findings.map(({ code }) => code)).toEqual(codes)
    expect(findings.every(({ severity, restart }) => severity === 'warning' && !restart)).toBe(true)
    if (size) {
      expect(findings[0]?.sql).toBe(`ALTER SYSTEM SET max_slot_wal_keep_size = '${size}';\nSELECT pg_reload_conf();`)
      // What is proposed is never complained about afterwards.
      const followed = { max_slot_wal_keep_size: String(Number.parseInt(size, 10) * 1024) }

      expect(keepingFindings(facts({ settings: followed, hourlyBytes }))).toEqual([])
    }
  })
})

describe('managed services', () => {
  test.each([
    ['rds', 'rds_superuser', 'Amazon RDS'],
    ['azure', 'azure_pg_admin', 'Azure'],
    ['cloudsql', 'cloudsqlsuperuser', 'Google Cloud SQL'],
    ['alloydb', 'alloydbsuperuser', 'AlloyDB'],
    ['neon', 'neon_superuser', 'Neon'],
  ])('%s', (prefix, role, name) => {
    const bySetting = managedFinding(facts({ marks: { roles: [], prefixes: ['plpgsql', prefix] } }))
    expect(bySetting).toMatchObject({ severity: 'error', code: 'managed-service' })
    expect(bySetting?.message).toContain(name)
    expect(bySetting?.remedy).toContain('dumps')
    const marks = { roles: ['somebody', role], prefixes: ['plpgsql'] }
    expect(managedFinding(facts({ marks, replication: false }))?.message).toContain(name)
    // The role came with a dump.
    expect(managedFinding(facts({ marks, replication: true }))).toBeNull()
  })

  test('any other server is none', () => {
    const marks = { roles: ['pg_monitor', 'neon_superusers'], prefixes: ['plpgsql', 'rdsx', 'pg_stat_statements'] }
    expect(managedFinding(facts({ marks, replication: false }))).toBeNull()
  })
})

test.each<[string, Record<string, string>, string[]]>([
  ['off', { archive_mode: 'off', archive_command: 'cp %p /x' }, []],
  ['on, with nothing', { archive_mode: 'on', archive_command: '', archive_library: '' }, []],
  [
    'a command',
    { archive_mode: 'on', archive_command: 'pgbackrest archive-push %p', archive_library: '' },
    ['other-archive'],
  ],
  ['a library', { archive_mode: 'always', archive_command: '', archive_library: 'basic_archive' }, ['other-archive']],
  ['a command that the role is not shown', { archive_mode: 'on' }, ['other-archive']],
  ['our own', { archive_mode: 'on', archive_command: '/opt/bin/holdfast wal-push %p', archive_library: '' }, []],
])('archiving: %s', (_, settings, codes) => {
  expect(adviceFindings(facts({ settings })).map(({ code }) => code)).toEqual(codes)
})

describe('a log that the server hands in', () => {
  const id = '0193b3a2-6c1e-7c3a-9b1f-2f6f6b0c9a11'
  const ready = {
    wal_level: 'replica',
    archive_mode: 'on',
    archive_command: `curl -sSf -T %p https://x/api/v1/admin/sources/${id}/log/%f`,
    archive_library: '',
    archive_timeout: '60',
  }

  test.each<[string, Record<string, string>, string[]]>([
    ['nothing', {}, []],
    ['its own program', { archive_command: '/usr/local/bin/holdfast wal-push %p' }, []],
    ['the level of the log', { wal_level: 'minimal' }, ['error wal-level']],
    ['archiving', { archive_mode: 'off' }, ['error archive-mode']],
    ['a command', { archive_command: '' }, ['warning archive-command']],
    [
      'a command of another source',
      { archive_command: ready.archive_command.replace('0193', '0194') },
      ['warning archive-command'],
    ],
    ['a command that is run', { archive_library: 'basic_archive' }, ['warning archive-command']],
    ['an end of waiting', { archive_timeout: '0' }, ['warning archive-timeout']],
    ['an early end of waiting', { archive_timeout: '3600' }, ['warning archive-timeout']],
  ])('lacks %s', (_, settings, codes) => {
    const found = archivingFindings(facts({ settings: { ...ready, ...settings } }), id)
    expect(found.map(({ severity, code }) => `${severity} ${code}`)).toEqual(codes)
    for (const { code, sql = '', restart } of found) {
      expect(restart).toBe(['wal-level', 'archive-mode'].includes(code) ? true : undefined)
      expect(sql).toContain('ALTER SYSTEM SET')
    }
  })

  test('comes from a standby only while it archives what it receives', () => {
    const standby = (mode: string) =>
      archivingFindings(
        facts({
          settings: { ...ready, archive_mode: mode },
          identity: { major: 17, version: '17.2', standby: true },
        }),
        id,
      )
    expect(standby('on')).toMatchObject([{ code: 'archive-mode', sql: 'ALTER SYSTEM SET archive_mode = always;' }])
    expect(standby('always')).toEqual([])
  })

  test('needs no slot, and what base backups need stops nothing', () => {
    const poor = facts({ replication: false, settings: { max_wal_senders: '0', max_replication_slots: '0' } })
    const found = onlyForBases(pushedCapacityFindings(poor))
    expect(found.map(({ severity, code }) => `${severity} ${code}`)).toEqual([
      'warning wal-senders',
      'warning replication-role',
    ])
    for (const { message } of found) expect(message).toContain('no point can be recovered to')
  })
})
