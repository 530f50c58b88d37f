import { logical } from '@/lib/engines/postgres/logical/method'
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { createServer, type Server } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { engines } from '@/lib/engines/index'
import type { Engine } from '@/lib/ports/engine'
import { takeBackup } from '@/test/helpers/databases/engine-backup'
import { makeSource, startPostgres, type TestPostgres } from '@/test/helpers/servers/postgres'
import { freePort } from '@/test/helpers/servers/ports'
import { containers } from '@/test/helpers/measures'
import { makeTestRun } from '@/test/helpers/run-context'
import { tempDir } from '@/test/helpers/temp'

const engine = engines.postgres as Engine
const password = `pass:w\\ord 'x"`

describe('testing a connection', () => {
  let pg: TestPostgres
  let dir: Awaited<ReturnType<typeof tempDir>>
  let cert: string

  beforeAll(async () => {
    dir = await tempDir('tls')
    execFileSync(
      'openssl',
      [
        'req',
        '-x509',
        '-newkey',
        'rsa:2048',
        '-nodes',
        '-days',
        '2',
        '-subj',
        '/CN=db.example',
        '-addext',
        'subjectAltName=DNS:localhost',
      ].concat(['-keyout', `${dir.path}/key.pem`, '-out', `${dir.path}/cert.pem`]),
      { stdio: 'pipe' },
    )
    cert = readFileSync(`${dir.path}/cert.pem`, 'utf8')
    pg = await startPostgres({
      password,
      tls: { key: readFileSync(`${dir.path}/key.pem`, 'utf8'), cert },
      hba: `local all all trust
host all unwelcome 127.0.0.1/32 reject
hostssl all tls_only 127.0.0.1/32 scram-sha-256
hostnossl all plain_only 127.0.0.1/32 scram-sha-256
host all postgres 127.0.0.1/32 scram-sha-256
host all reader 127.0.0.1/32 scram-sha-256
`,
      settings: { listen_addresses: 'localhost,127.0.0.1' },
    })
    const quoted = `'${password.replaceAll("'", "''")}'`
    for (const role of ['unwelcome', 'tls_only', 'plain_only', 'reader'])
      await pg.sql(`CREATE ROLE ${role} LOGIN PASSWORD ${quoted}`)
    await pg.sql(`CREATE TABLE public.hidden (a int); CREATE SEQUENCE hidden_seq; CREATE SCHEMA closed; CREATE TABLE closed.t (a int);
      CREATE TABLE public.guarded (a int); ALTER TABLE public.guarded ENABLE ROW LEVEL SECURITY; GRANT SELECT ON public.guarded TO reader;
      SELECT lo_from_bytea(0, 'secret')`)
  })
  afterAll(async () => {
    await pg?.close()
    await dir?.remove()
  })

  const inspect = (connection: Record<string, unknown>, secret: string | null = password) =>
    engine.inspect(pg.source({ connection, secrets: secret === null ? {} : { password: secret } }), makeTestRun())

  it('reports version, size, client and excess rights of a superuser', async () => {
    const result = await inspect({})
    expect(result).toMatchObject({
      ok: true,
      serverMajor: 15,
      tableCount: 3,
      measures: [containers('tables', 3)],
      unreadable: [],
      client: { version: expect.stringMatching(/^15\./) },
    })
    expect(result.databaseBytes).toBeGreaterThan(1_000_000)
    expect(result.findings.map((finding) => finding.code)).toEqual(['excess-privileges'])
    expect(result.tls).toBeUndefined()
  })

  it('reports the TLS version in use', async () => {
    for (const ssl of ['prefer', 'require'])
      expect(await inspect({ ssl })).toMatchObject({ ok: true, tls: expect.stringMatching(/^TLSv1/) })
  })

  it('connects by a Unix socket', async () => {
    expect(await inspect({ host: pg.socketDir, ssl: 'verify-full' }, null)).toMatchObject({ ok: true })
  })

  it.each([
    ['a wrong password', {}, 'wrong', 'password-rejected'],
    ['a missing password', {}, null, 'password-rejected'],
    ['a database that is not there', { database: 'nowhere' }, password, 'no-such-database'],
    ['a user rejected by pg_hba', { user: 'unwelcome' }, password, 'hba-refused'],
    ['a user that must use TLS', { user: 'tls_only' }, password, 'hba-refused'],
    ['a name that does not resolve', { host: 'no-such-host.invalid' }, password, 'host-unreachable'],
    ['an unknown authority', { ssl: 'verify-ca' }, password, 'tls-refused'],
  ])('names %s (fault 4)', async (_case, connection, secret, code) => {
    const result = await inspect(connection, secret)
    expect(result).toMatchObject({ ok: false, error: { code } })
    expect(result.error?.remedy).toBeTruthy()
    expect(JSON.stringify(result)).not.toContain(JSON.stringify(password).slice(1, -1))
  })

  it('checks the certificate against the given authority, and the name with verify-full', async () => {
    expect(await inspect({ ssl: 'verify-ca', sslRootCert: cert })).toMatchObject({ ok: true })
    expect(await inspect({ ssl: 'verify-full', sslRootCert: cert, host: 'localhost' })).toMatchObject({ ok: true })
    expect(await inspect({ ssl: 'verify-full', sslRootCert: cert })).toMatchObject({
      ok: false,
      error: { code: 'tls-refused' },
    })
  })

  it('reaches a user that may only connect without TLS in mode prefer', async () => {
    expect(await inspect({ user: 'plain_only', ssl: 'prefer' })).toMatchObject({ serverMajor: 15 })
    expect(await inspect({ user: 'plain_only', ssl: 'require' })).toMatchObject({ error: { code: 'hba-refused' } })
  })

  it('says that nothing listens (fault 4)', async () => {
    const result = await engine.inspect(makeSource({ port: await freePort() }), makeTestRun())
    expect(result).toMatchObject({ ok: false, error: { code: 'connection-refused' } })
  })

  it('gives up on a server that accepts and never answers (fault 4)', async () => {
    const silent: Server = createServer(() => undefined)
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve))
    try {
      const address = silent.address()
      const port = typeof address === 'object' && address ? address.port : 0
      const started = performance.now()
      const result = await engine.inspect(makeSource({ port }), makeTestRun())
      expect(result).toMatchObject({ ok: false, error: { code: 'host-unreachable' } })
      expect(performance.now() - started).toBeLessThan(15_000)
    } finally {
      silent.close()
    }
  })

  it('lists what the role may not read with the GRANT to run, which then makes the backup possible', async () => {
    const result = await inspect({ user: 'reader' })
    expect(result).toMatchObject({ ok: false, error: { code: 'privilege-missing' } })
    expect(result.unreadable).toEqual(
      expect.arrayContaining(['"closed"', '"public"."hidden"', '"public"."hidden_seq"']),
    )
    expect(result.unreadable.some((name) => name.startsWith('large object'))).toBe(true)
    await expect(logical.begin(pg.source({ connection: { user: 'reader' } }), makeTestRun())).rejects.toMatchObject({
      code: 'privilege-missing',
    })
    const codes = result.findings.map((finding) => finding.code)
    expect(codes).toEqual(['privilege-missing', 'privilege-missing', 'row-security', 'not-in-backup'])
    for (const finding of result.findings.slice(0, 3)) await pg.sql(finding.sql ?? '')
    expect(await inspect({ user: 'reader' })).toMatchObject({ ok: true, unreadable: [], findings: [] })
    const backup = await takeBackup(logical, pg.source({ connection: { user: 'reader' } }), dir.path, makeTestRun())
    expect(backup.warnings).toEqual([])
    expect(backup.manifest.facts).toMatchObject({ withheld: [] })
    // Who may read all data may read the table of roles.
    expect(readFileSync(backup.file('globals'), 'utf8')).toContain('SCRAM-SHA-256$')
  })

  it('offers SQL for a backup role that works as it is', async () => {
    await pg.sql(engine.roles?.backupRoleSql(pg.source()) ?? '')
    expect(await pg.sql("SELECT rolsuper, rolbypassrls FROM pg_roles WHERE rolname = 'holdfast_backup'")).toEqual([
      { rolsuper: false, rolbypassrls: true },
    ])
    expect(
      await engine.inspect(pg.source({ connection: { host: pg.socketDir, user: 'holdfast_backup' } }), makeTestRun()),
    ).toMatchObject({
      ok: true,
    })
  })
})

describe('a server newer than every client here', () => {
  let pg: TestPostgres
  beforeAll(async () => {
    pg = await startPostgres({ major: 17 })
  })
  afterAll(() => pg?.close())

  it('is refused with both versions named, before anything is written (fault 5)', async () => {
    const result = await engine.inspect(pg.source(), makeTestRun())
    expect(result).toMatchObject({ ok: false, error: { code: 'client-too-old' } })
    expect(result.error?.message).toMatch(/17\.\d+.*15\.\d+/)
    expect(result.error?.remedy).toContain('postgresql-client-17')
    await expect(logical.begin(pg.source(), makeTestRun())).rejects.toMatchObject({ code: 'client-too-old' })
  })
})
