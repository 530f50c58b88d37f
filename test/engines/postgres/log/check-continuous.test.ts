import { execFile, execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync, chmodSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { Client } from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { ContinuousCheck } from '@/lib/contracts/recovery/continuous'
import { checkContinuous } from '@/lib/engines/postgres/log/check-continuous'
import { slotName } from '@/lib/engines/postgres/log/slot'
import { startPgbouncer } from '../../../helpers/servers/pgbouncer'
import { startPostgres, type TestPostgres } from '../../../helpers/servers/postgres'
import { startStandby } from '../../../helpers/servers/standby'
import { makeTestRun } from '../../../helpers/run-context'

const run = promisify(execFile)
const name = 'Back "Up"'
const role = '"Back ""Up"""'
const password = 'of the role'
const databases = 'local all all trust\nhost all all 127.0.0.1/32 scram-sha-256\n'
const replication = `host replication ${role} 127.0.0.1/32 scram-sha-256\n`

const sourceOf = (pg: TestPostgres) => pg.source({ connection: { user: name }, secrets: { password } })
const check = (pg: TestPostgres) => checkContinuous(sourceOf(pg), makeTestRun())
const codes = ({ findings }: ContinuousCheck, severity = 'error') =>
  findings.filter((finding) => finding.severity === severity).map(({ code }) => code)

const hbaFile = (pg: TestPostgres) => path.join(pg.dataDir, 'pg_hba.conf')

async function restart(pg: TestPostgres) {
  await pg.stop()
  await pg.start()
}

/** A server that lacks nothing. */
async function startReady(major: 15 | 17): Promise<TestPostgres> {
  const pg = await startPostgres({ major, password: 'of the superuser', hba: databases + replication })
  await pg.sql(`CREATE ROLE ${role} LOGIN REPLICATION PASSWORD '${password}'`)
  return pg
}

async function makeReady(pg: TestPostgres) {
  await pg.sql('SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots')
  await pg.sql('ALTER SYSTEM RESET ALL')
  await pg.sql(`ALTER ROLE ${role} REPLICATION CONNECTION LIMIT -1 PASSWORD '${password}'`)
  writeFileSync(hbaFile(pg), databases + replication)
  await restart(pg)
}

/** What PostgreSQL's own programs do with this role: follow the log on a slot, and take a base backup with a second connection. */
async function plainTools(pg: TestPostgres): Promise<void> {
  const folder = mkdtempSync(path.join(tmpdir(), 'hf-plain-'))
  chmodSync(folder, 0o777)
  const tool = (program: string, ...args: string[]) =>
    run(path.join(pg.bin, program), ['-h', '127.0.0.1', '-p', String(pg.port), '-U', name, '-w', ...args], {
      ...unprivileged(),
      cwd: folder,
      env: { ...process.env, PGPASSWORD: password, LC_ALL: 'C' },
    })
  try {
    await tool('pg_receivewal', '--create-slot', '--slot', 'plain')
    const [row] = await pg.sql('SELECT pg_switch_wal()::text AS lsn')
    await tool('pg_receivewal', '-D', '.', '--slot', 'plain', '-n', '--no-sync', '--endpos', String(row?.lsn))
    await tool('pg_basebackup', '-D', 'base', '-X', 'stream', '--no-slot', '-c', 'fast', '--no-sync')
  } finally {
    await pg.sql("SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE slot_name = 'plain'")
    rmSync(folder, { recursive: true, force: true })
  }
}

function unprivileged(): { uid?: number; gid?: number } {
  if (process.getuid?.() !== 0) return {}
  const [uid, gid] = ['-u', '-g'].map((flag) => Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' })))
  return uid && gid ? { uid, gid } : {}
}

/** Does what a finding says, as an administrator types it. */
async function obey(pg: TestPostgres, { remedy = '', sql = '' }: ContinuousCheck['findings'][number]): Promise<void> {
  const line = /^(host|local) .*$/m.exec(remedy)?.[0]
  if (line) writeFileSync(hbaFile(pg), `${line}\n${readFileSync(hbaFile(pg), 'utf8')}`)
  const psql = ['-X', '-v', 'ON_ERROR_STOP=1', '-h', pg.socketDir, '-p', String(pg.port), '-U', 'postgres', '-c']
  for (const statement of sql.split('\n').filter(Boolean)) await run(path.join(pg.bin, 'psql'), [...psql, statement])
}

interface Lack {
  what: string
  make(pg: TestPostgres): Promise<unknown>
  restart?: boolean
  /** Codes of the errors. */
  errors: string[]
  /** Codes of warnings to obey as well. */
  warnings?: string[]
}

const noReplicationLine = (pg: TestPostgres) => Promise.resolve(writeFileSync(hbaFile(pg), databases))
const lacks: Lack[] = [
  {
    what: 'wal_level is minimal',
    make: (pg) =>
      pg.sql('ALTER SYSTEM SET wal_level = minimal').then(() => pg.sql('ALTER SYSTEM SET max_wal_senders = 0')),
    restart: true,
    errors: ['wal-level', 'wal-senders'],
  },
  {
    what: 'one replication connection is too few',
    make: (pg) => pg.sql('ALTER SYSTEM SET max_wal_senders = 1'),
    restart: true,
    errors: ['wal-senders'],
  },
  {
    what: 'no slots are possible',
    make: (pg) => pg.sql('ALTER SYSTEM SET max_replication_slots = 0'),
    restart: true,
    errors: ['replication-slots'],
  },
  {
    what: 'the role may not replicate',
    make: (pg) => pg.sql(`ALTER ROLE ${role} NOREPLICATION`),
    errors: ['replication-role'],
  },
  { what: 'no line of pg_hba.conf lets it in', make: noReplicationLine, errors: ['hba-replication'] },
  {
    what: 'a line of pg_hba.conf keeps it out',
    make: (pg) =>
      Promise.resolve(writeFileSync(hbaFile(pg), `host replication all all reject\n${databases}${replication}`)),
    errors: ['hba-replication'],
  },
  {
    what: 'the role has an MD5 password',
    async make(pg) {
      await pg.sql(`SET password_encryption = md5; ALTER ROLE ${role} PASSWORD '${password}'`)
      writeFileSync(hbaFile(pg), databases.replace('scram-sha-256', 'md5'))
    },
    errors: ['hba-replication'],
  },
  {
    what: 'everything is lacking',
    async make(pg) {
      await pg.sql('ALTER SYSTEM SET wal_level = minimal')
      await pg.sql('ALTER SYSTEM SET max_wal_senders = 0')
      await pg.sql('ALTER SYSTEM SET max_replication_slots = 0')
      await pg.sql(`ALTER ROLE ${role} NOREPLICATION CONNECTION LIMIT 1`)
      await noReplicationLine(pg)
    },
    restart: true,
    errors: ['wal-level', 'wal-senders', 'replication-slots', 'replication-role'],
    warnings: ['hba-untried'],
  },
]

describe.each([15, 17] as const)('of PostgreSQL %i', (major) => {
  let pg: TestPostgres
  beforeAll(async () => {
    pg = await startReady(major)
  })
  afterAll(() => pg.close())

  test('a server that lacks nothing is ready, and nothing is changed on it', async () => {
    const settings = () => pg.sql('SELECT name, setting, source FROM pg_settings ORDER BY 1')
    const before = await settings()
    const result = await check(pg)
    expect(result).toMatchObject({ ready: true })
    expect(codes(result)).toEqual([])
    expect(codes(result, 'warning')).toEqual(['slot-keep-unlimited'])
    expect(codes(result, 'info')).toEqual(major === 17 ? ['summarize-wal', 'data-checksums'] : ['data-checksums'])
    await plainTools(pg)
    expect(await settings()).toEqual(before)
    expect(await pg.sql('SELECT FROM pg_replication_slots')).toEqual([])
  })

  test.each(lacks)('$what: named, and ready once it is done', async (lack) => {
    await lack.make(pg)
    await (lack.restart ? restart(pg) : pg.sql('SELECT pg_reload_conf()'))
    try {
      const result = await check(pg)
      expect(codes(result)).toEqual(lack.errors)
      expect(result.ready).toBe(false)
      await expect(plainTools(pg)).rejects.toThrow()

      const wanted = [...lack.errors, ...(lack.warnings ?? [])]
      const obeyed = result.findings.filter(({ code }) => wanted.includes(code))
      expect(obeyed.map(({ code }) => code)).toEqual(wanted)
      for (const finding of obeyed) await obey(pg, finding)
      const restarts = obeyed.some((finding) => finding.restart)
      expect(restarts).toBe(lack.restart ?? false)
      if (restarts) await restart(pg)
      expect(codes(await check(pg))).toEqual([])
      await plainTools(pg)
    } finally {
      await makeReady(pg)
    }
  })

  test('over a Unix socket the line is a local one; without a stored password that is said', async () => {
    await noReplicationLine(pg)
    await pg.sql('SELECT pg_reload_conf()')
    try {
      const source = pg.source({ connection: { host: pg.socketDir, user: name }, secrets: {} })
      const result = await checkContinuous(source, makeTestRun())
      expect(codes(result)).toEqual(['hba-replication'])
      expect(result.findings[0]?.remedy).toContain('none is stored')
      for (const finding of result.findings) if (finding.code === 'hba-replication') await obey(pg, finding)
      const withPassword = { ...source, secrets: { password } }
      expect(codes(await checkContinuous(withPassword, makeTestRun()))).toEqual([])
    } finally {
      await makeReady(pg)
    }
  })

  test('all slots are taken: the idle ones are named; our own needs no other', async () => {
    await pg.sql('ALTER SYSTEM SET max_replication_slots = 2')
    await restart(pg)
    try {
      await pg.sql(
        "SELECT pg_create_physical_replication_slot('forgotten'), pg_create_physical_replication_slot('other')",
      )
      const result = await check(pg)
      expect(codes(result)).toEqual(['replication-slots'])
      expect(result.findings[0]?.remedy).toContain('Nobody reads forgotten, other')
      await expect(plainTools(pg)).rejects.toThrow(/all replication slots are in use/)
      await pg.sql("SELECT pg_drop_replication_slot('forgotten')")
      expect(codes(await check(pg))).toEqual([])
      await plainTools(pg)

      const own = slotName(sourceOf(pg).id)
      await pg.sql(`SELECT pg_create_physical_replication_slot('${own}')`)
      expect(codes(await check(pg))).toEqual([])
    } finally {
      await makeReady(pg)
    }
  })

  test('replication connections that others hold are counted', async () => {
    await pg.sql('ALTER SYSTEM SET max_wal_senders = 3')
    await restart(pg)
    const others = [1, 2].map(
      // The driver knows the option and its types do not.
      () =>
        new Client({
          ...{ replication: 'true' },
          host: '127.0.0.1',
          port: pg.port,
          user: name,
          password,
          database: 'x',
        }),
    )
    try {
      await others[0]?.connect()
      expect(codes(await check(pg))).toEqual([])
      await others[1]?.connect()
      const result = await check(pg)
      expect(codes(result)).toEqual(['wal-senders'])
      expect(result.findings[0]?.message).toContain('Of 3 replication connections (max_wal_senders) 1 is free')
      await expect(plainTools(pg)).rejects.toThrow()
    } finally {
      for (const other of others) await other.end()
      await makeReady(pg)
    }
  })

  test('what is only advice is gone once it is followed', async () => {
    for (const setting of ['max_slot_wal_keep_size = 64MB', 'full_page_writes = off']) {
      await pg.sql(`ALTER SYSTEM SET ${setting.replace('64MB', "'64MB'")}`)
    }
    await pg.sql('SELECT pg_reload_conf()')
    try {
      const before = await check(pg)
      expect(before.ready).toBe(true)
      expect(codes(before, 'warning')).toEqual(['slot-keep-small', 'full-page-writes'])
      for (const finding of before.findings) if (finding.sql) await obey(pg, finding)
      const after = await check(pg)
      expect(codes(after, 'warning')).toEqual([])
      expect(codes(after, 'info')).toEqual(['data-checksums'])
    } finally {
      await makeReady(pg)
    }
  })

  test('a slot of our name that is not ours to use is named', async () => {
    const own = slotName(sourceOf(pg).id)
    await pg.sql('ALTER SYSTEM SET wal_level = logical')
    await restart(pg)
    try {
      await pg.sql(`SELECT pg_create_logical_replication_slot('${own}', 'pgoutput')`)
      const taken = await check(pg)
      expect(codes(taken)).toEqual(['slot-name-taken'])
      for (const finding of taken.findings) if (finding.code === 'slot-name-taken') await obey(pg, finding)
      expect(codes(await check(pg))).toEqual([])
    } finally {
      await makeReady(pg)
    }
  })

  test('a slot that another program reads, and one that is lost (faults 56, 93)', async () => {
    const own = slotName(sourceOf(pg).id)
    const folder = mkdtempSync(path.join(tmpdir(), 'hf-other-'))
    await pg.sql(`SELECT pg_create_physical_replication_slot('${own}', true)`)
    const stop = new AbortController()
    const args = ['-h', pg.socketDir, '-p', String(pg.port), '-U', 'postgres', '-D', folder, '--slot', own, '--no-sync']
    writeFileSync(hbaFile(pg), `local replication all trust\n${databases}${replication}`)
    await pg.sql('SELECT pg_reload_conf()')
    await pg.sql(`GRANT pg_read_all_stats TO ${role}`)
    const other = run(path.join(pg.bin, 'pg_receivewal'), args, { signal: stop.signal }).catch(() => undefined)
    try {
      await expect.poll(async () => codes(await check(pg)), { timeout: 20_000 }).toEqual(['slot-in-use'])
      stop.abort()
      await other
      await expect.poll(async () => codes(await check(pg)), { timeout: 20_000 }).toEqual([])

      await pg.sql("ALTER SYSTEM SET max_slot_wal_keep_size = '1MB'")
      await pg.sql('SELECT pg_reload_conf()')
      for (let n = 0; n < 4; n += 1) await pg.sql('SELECT pg_logical_emit_message(true, $$a$$, $$b$$), pg_switch_wal()')
      await pg.sql('CHECKPOINT')
      expect(codes(await check(pg), 'warning')).toEqual(['slot-lost', 'slot-keep-small'])
    } finally {
      stop.abort()
      await other
      rmSync(folder, { recursive: true, force: true })
      await pg.sql(`REVOKE pg_read_all_stats FROM ${role}`)
      await makeReady(pg)
    }
  })

  test('a role of a managed service counts only while ours may not replicate', async () => {
    await pg.sql('CREATE ROLE rds_superuser')
    try {
      expect(codes(await check(pg))).toEqual([])
      await pg.sql(`ALTER ROLE ${role} NOREPLICATION`)
      const result = await check(pg)
      expect(codes(result)).toEqual(['managed-service'])
      expect(result.findings[0]?.message).toContain('Amazon RDS')
    } finally {
      await pg.sql('DROP ROLE rds_superuser')
      await makeReady(pg)
    }
  })

  test('archiving by somebody else is mentioned', async () => {
    await pg.sql('ALTER SYSTEM SET archive_mode = on')
    await pg.sql("ALTER SYSTEM SET archive_command = '/bin/true'")
    await restart(pg)
    try {
      const result = await check(pg)
      expect(codes(result, 'info')).toContain('other-archive')
      expect(result.ready).toBe(true)
    } finally {
      await makeReady(pg)
    }
  })

  test('trouble is an answer, and only an abort throws', async () => {
    const wrong = { ...sourceOf(pg), secrets: { password: 'another' } }
    expect(await checkContinuous(wrong, makeTestRun())).toMatchObject({
      ready: false,
      findings: [{ severity: 'error', code: 'password-rejected' }],
    })
    const nowhere = pg.source({ connection: { port: 1 } })
    expect(codes(await checkContinuous(nowhere, makeTestRun()))).toEqual(['connection-refused'])
    const aborted = makeTestRun()
    aborted.abort(new Error('no longer wanted'))
    await expect(checkContinuous(sourceOf(pg), aborted)).rejects.toThrow('no longer wanted')
  })
})

test('a pooler in between is refused, whatever it would let through', async () => {
  const pg = await startPostgres()
  const pooler = await startPgbouncer(pg, { pool_mode: 'session', server_reset_query: 'DISCARD ALL' })
  try {
    const result = await checkContinuous(pg.source({ connection: { port: pooler.port } }), makeTestRun())
    expect(result.ready).toBe(false)
    expect(codes(result)).toEqual(['pooler-refused'])
    expect(result.findings[0]?.remedy).toContain('the host and port of PostgreSQL itself')
  } finally {
    await pooler.close()
    await pg.close()
  }
})

test('a standby can be followed, and is named as one', async () => {
  const pg = await startPostgres()
  const standby = await startStandby(pg)
  try {
    const result = await checkContinuous(pg.source({ connection: { port: standby.port } }), makeTestRun())
    expect(codes(result)).toEqual([])
    expect(codes(result, 'info')).toContain('standby-source')
  } finally {
    await standby.close()
    await pg.close()
  }
})
