import { appendFileSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { HoldfastError } from '@/lib/core/holdfast-error'
import { isEncrypted } from '@/lib/engines/postgres/connect/password-for'
import { classifyReplicationError, hbaLine } from '@/lib/engines/postgres/replication/classify-replication-error'
import { identifySystem } from '@/lib/engines/postgres/replication/identify-system'
import { openReplication } from '@/lib/engines/postgres/replication/open-replication'
import { makeCertificate } from '../../../helpers/servers/certificate'
import { startPostgres, type TestPostgres } from '../../../helpers/servers/postgres'

const signal = new AbortController().signal
const asError = (error: unknown) => {
  if (error instanceof HoldfastError) return error
  throw error
}

describe.each([15, 17] as const)('a replication connection to PostgreSQL %i', (major) => {
  let pg: TestPostgres
  const hasTls = major === 17
  const hbaFile = () => path.join(pg.dataDir, 'pg_hba.conf')
  beforeAll(async () => {
    pg = await startPostgres({
      major,
      password: 'secret of the superuser',
      settings: { max_wal_senders: '2' },
      ...(hasTls ? { tls: await makeCertificate() } : {}),
      hba: 'local all all trust\nlocal replication all trust\nhost all all 127.0.0.1/32 scram-sha-256\n',
    })
    await pg.sql(`CREATE ROLE "Back Up" LOGIN PASSWORD 'pw'`)
    await pg.sql('CREATE ROLE all_of LOGIN REPLICATION')
  })
  afterAll(() => pg.close())
  const backUp = () => pg.source({ connection: { user: 'Back Up' }, secrets: { password: 'pw' } })

  it('that no line lets in names the line that does, and the line does', async () => {
    const refused = await openReplication(backUp(), signal).then(() => null, asError)
    expect(refused?.code).toBe('hba-refused')
    const line = /host replication .*$/.exec(refused?.remedy ?? '')?.[0] ?? ''
    expect(line).toBe('host replication "Back Up" 127.0.0.1/32 scram-sha-256')
    appendFileSync(hbaFile(), `${line}\n`)
    await pg.sql('SELECT pg_reload_conf()')

    const lacking = await openReplication(backUp(), signal).then(() => null, asError)
    expect(lacking?.code).toBe('privilege-missing')
    const sql = /ALTER ROLE .*;/.exec(lacking?.remedy ?? '')?.[0] ?? ''
    expect(sql).toBe('ALTER ROLE "Back Up" REPLICATION;')
    await pg.sql(sql)

    const client = await openReplication(backUp(), signal)
    const { systemIdentifier, timeline, position } = await identifySystem(client)
    const [row] = await pg.sql(
      `SELECT system_identifier::text AS id, timeline_id AS timeline, pg_current_wal_flush_lsn() - '${position}' AS behind
         FROM pg_control_system(), pg_control_checkpoint()`,
    )
    expect({ systemIdentifier, timeline }).toEqual({ systemIdentifier: row?.id, timeline: row?.timeline })
    expect(Number(row?.behind)).toBeGreaterThanOrEqual(0)
    const [sender] = await pg.sql('SELECT usename, application_name FROM pg_stat_replication')
    expect(sender).toEqual({ usename: 'Back Up', application_name: 'holdfast' })
    await client.end()
  })

  it('that a line rejects names the line', async () => {
    const before = readFileSync(hbaFile(), 'utf8')
    writeFileSync(hbaFile(), `host replication all 127.0.0.1/32 reject\n${before}`)
    await pg.sql('SELECT pg_reload_conf()')
    const refused = await openReplication(pg.source({ connection: { user: 'all_of' } }), signal).then(
      () => null,
      asError,
    )
    expect(refused).toMatchObject({ code: 'hba-refused' })
    expect(refused?.remedy).toContain('host replication all_of 127.0.0.1/32 scram-sha-256')
    writeFileSync(hbaFile(), `${before}host replication all 127.0.0.1/32 scram-sha-256\n`)
    await pg.sql('SELECT pg_reload_conf()')
  })

  it('with a wrong password is refused like any other', async () => {
    const wrong = pg.source({ secrets: { password: 'wrong' } })
    expect(await openReplication(wrong, signal).then(() => null, asError)).toMatchObject({ code: 'password-rejected' })
  })

  it('says so when the server has none left, and takes TLS where the server has it and may go without', async () => {
    const source = pg.source({ connection: { ssl: 'prefer' } })
    const held = [await openReplication(source, signal), await openReplication(source, signal)]
    expect(held.map(isEncrypted)).toEqual([hasTls, hasTls])
    const refused = await openReplication(source, signal).then(() => null, asError)
    expect(refused).toMatchObject({ code: 'source-failed', transient: true })
    expect(refused?.remedy).toContain('max_wal_senders')
    for (const client of held) await client.end()
  })

  it('is closed by an abort', async () => {
    const controller = new AbortController()
    const client = await openReplication(pg.source(), controller.signal)
    const ended = new Promise<void>((resolve) => client.once('end', () => resolve()))
    controller.abort(new Error('no longer wanted'))
    await ended
    await expect(identifySystem(client)).rejects.toMatchObject({ code: 'server-gone' })
    await expect(openReplication(pg.source(), controller.signal)).rejects.toThrow('no longer wanted')
  })
})

it.each([
  [
    'no pg_hba.conf entry for replication connection from host "fe80::1", user "b", SSL encryption',
    'b',
    'b fe80::1/128',
  ],
  [
    'no pg_hba.conf entry for replication connection from host "10.0.0.7", user "all", no encryption',
    'all',
    '"all" 10.0.0.7/32',
  ],
])('the line is for the address that the server sees: %s', (detail, user, expected) => {
  expect(hbaLine(detail, user)).toBe(`host replication ${expected} scram-sha-256`)
})

it('over a socket the line is a local one', () => {
  expect(hbaLine('no pg_hba.conf entry for replication connection from host "[local]", user "b"', 'b')).toBe(
    'local replication b scram-sha-256',
  )
})

it('what can happen to every connection keeps its own code', () => {
  const connection = { host: 'db', port: 5432, database: 'd', user: 'u', ssl: 'disable' as const }
  const refused = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' })
  expect(classifyReplicationError(refused, connection).code).toBe('connection-refused')
})
