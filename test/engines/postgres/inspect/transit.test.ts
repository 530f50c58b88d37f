import { createServer, type AddressInfo, type Socket } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { SslMode } from '@/lib/core/network/ssl-modes'
import { connect } from '@/lib/engines/postgres/connect/connect'
import { inspect } from '@/lib/engines/postgres/inspect'
import { openToolEnv } from '@/lib/engines/postgres/connect/tool-env'
import type { SourceSpec } from '@/lib/ports/source-spec'
import { runCommand } from '@/lib/process/run-command'
import { type KeyPair, makeAuthority } from '../../../helpers/servers/authority'
import { answerNames } from '../../../helpers/servers/name-service'
import { ownAddress } from '../../../helpers/servers/own-address'
import { makeSource, startPostgres, type TestPostgres } from '../../../helpers/servers/postgres'
import { makeTestRun } from '../../../helpers/run-context'

const signal = () => new AbortController().signal
const password = 'a-password-to-look-for'
const name = 'db.holdfast.test'

/** What libpq itself makes of the settings that the tools get: the oracle for our own connection. */
async function psql(source: SourceSpec): Promise<{ ok: boolean; said: string; env: Record<string, string> }> {
  const tool = await openToolEnv(source)
  try {
    const run = makeTestRun()
    const command = runCommand(
      {
        file: '/usr/lib/postgresql/15/bin/psql',
        args: [
          '-XAtw',
          '-c',
          "SELECT coalesce((SELECT version FROM pg_stat_ssl WHERE pid = pg_backend_pid()), 'open')",
        ],
        env: tool.env,
        secrets: tool.secrets,
      },
      run,
    )
    let said = ''
    command.stdout.on('data', (chunk) => (said += String(chunk)))
    const ok = await command.exited.then(
      () => true,
      () => false,
    )
    return { ok, said: ok ? said.trim() : command.stderrTail(), env: tool.env }
  } finally {
    await tool.close()
  }
}

const driver = (source: SourceSpec) =>
  connect(source, signal()).then(
    (client) => client.end().then(() => true),
    () => false,
  )

describe('TLS to a source', () => {
  let authority: Awaited<ReturnType<typeof makeAuthority>>
  let other: Awaited<ReturnType<typeof makeAuthority>>
  const servers: Record<string, TestPostgres> = {}

  beforeAll(async () => {
    authority = await makeAuthority()
    other = await makeAuthority()
    const start = (tls?: KeyPair) => startPostgres({ password, ...(tls ? { tls } : {}) })
    servers['right'] = await start(authority.sign([`DNS:${name}`]))
    servers['wrong name'] = await start(authority.sign(['DNS:other.holdfast.test']))
    servers['no TLS'] = await start()
  })
  afterAll(async () => {
    for (const server of Object.values(servers)) await server.close()
    await authority[Symbol.asyncDispose]()
    await other[Symbol.asyncDispose]()
  })

  const source = (server: string, ssl: SslMode, ca: 'own' | 'other' | 'none') =>
    makeSource(
      {
        host: name,
        port: servers[server]?.port,
        ssl,
        ...(ca === 'none' ? {} : { sslRootCert: ca === 'own' ? authority.ca : other.ca }),
      },
      {},
      password,
    )

  const cases = (['right', 'wrong name', 'no TLS'] as const).flatMap((server) =>
    (['own', 'other', 'none'] as const).flatMap((ca) =>
      (['disable', 'prefer', 'require', 'verify-ca', 'verify-full'] as const).map((ssl) => ({ server, ca, ssl })),
    ),
  )

  it.each(cases)(
    'is judged by us as by libpq: certificate $server, authority $ca, mode $ssl (security 15)',
    async ({ server, ca, ssl }) => {
      using _names = answerNames({ [name]: [['127.0.0.1']] })
      const mine = await driver(source(server, ssl, ca))
      expect(mine).toBe((await psql(source(server, ssl, ca))).ok)
      const encrypted = server !== 'no TLS'
      const asked = ssl === 'require' && ca !== 'none' ? 'verify-ca' : ssl
      const expected = {
        disable: true,
        prefer: true,
        require: encrypted,
        'verify-ca': encrypted && ca === 'own',
        'verify-full': encrypted && ca === 'own' && server === 'right',
      }
      expect(mine).toBe(expected[asked])
    },
  )

  it.each([
    ['no TLS', 'own', 'no-tls', ['prefer', 'disable']],
    ['wrong name', 'own', 'wrong-name', ['verify-ca', 'require']],
    ['right', 'other', 'unknown-authority', ['verify-full', 'require']],
    ['right', 'none', 'unknown-authority', ['verify-full', 'require']],
  ] as const)(
    'says what is wrong and what could be taken instead: %s with authority %s is %s (security 15)',
    async (server, ca, trouble, offers) => {
      using _names = answerNames({ [name]: [['127.0.0.1']] })
      const found = await inspect(source(server, 'verify-full', ca), makeTestRun())
      expect(found).toMatchObject({
        ok: false,
        error: { code: 'tls-refused', facts: { tls: trouble } },
        tlsOffers: offers.map((ssl) => ({ ssl })),
      })
      for (const { consequence } of found.tlsOffers ?? []) expect(consequence).toMatch(/\.$/)
      for (const ssl of offers.filter((mode) => mode !== 'verify-full'))
        expect(found.error?.remedy).toContain(`"${ssl}" (`)
    },
  )

  it('each offer, once taken, connects (security 15)', async () => {
    using _names = answerNames({ [name]: [['127.0.0.1']] })
    expect(await driver(source('no TLS', 'prefer', 'own'))).toBe(true)
    expect(await driver(source('wrong name', 'verify-ca', 'own'))).toBe(true)
    expect(await driver(source('right', 'require', 'none'))).toBe(true)
    expect(await driver(source('right', 'verify-full', 'own'))).toBe(true)
  })
})

describe('a password', () => {
  let pg: TestPostgres
  let authority: Awaited<ReturnType<typeof makeAuthority>>
  const host = ownAddress()

  beforeAll(async () => {
    authority = await makeAuthority()
    pg = await startPostgres({
      password,
      tls: authority.sign([`IP:${host}`]),
      settings: { listen_addresses: `127.0.0.1,${host}` },
      hba: `local all all trust
hostnossl all open_only all password
hostssl all open_only all reject
host all clear all password
host all hashed all md5
host all proven all scram-sha-256
host all postgres 127.0.0.1/32 password
`,
    })
    await pg.sql(`SET password_encryption = 'md5'; CREATE ROLE hashed LOGIN PASSWORD '${password}'`)
    for (const role of ['clear', 'proven', 'open_only'])
      await pg.sql(`CREATE ROLE ${role} LOGIN PASSWORD '${password}'`)
  })
  afterAll(async () => {
    await pg.close()
    await authority[Symbol.asyncDispose]()
  })
  const source = (connection: Record<string, unknown>, secret: string | null = password) =>
    makeSource({ host, port: pg.port, ...connection }, {}, secret)

  it.each([
    ['disable', 'clear'],
    ['prefer', 'open_only'],
  ] as const)('is not sent in clear text without encryption: mode %s (security 15)', async (ssl, user) => {
    const refused = { code: 'clear-text-refused', remedy: expect.stringContaining('verify-full') }
    await expect(connect(source({ ssl, user }), signal())).rejects.toMatchObject(refused)
    // Before any tool is started.
    await expect(openToolEnv(source({ ssl, user }))).rejects.toMatchObject(refused)
    expect(await inspect(source({ ssl, user }), makeTestRun())).toMatchObject({ ok: false, error: refused })
  })

  it.each(['prefer', 'require', 'verify-full'] as const)(
    'is sent in clear text when the connection is encrypted: mode %s',
    async (ssl) => {
      const reached = source({ ssl, user: 'clear', ...(ssl === 'verify-full' ? { sslRootCert: authority.ca } : {}) })
      expect(await driver(reached)).toBe(true)
      expect(await psql(reached)).toMatchObject({ ok: true, said: expect.stringMatching(/^TLSv1/) })
    },
  )

  it('goes in clear text over loopback, and by the socket without being asked for', async () => {
    expect(await driver(source({ host: '127.0.0.1', user: 'postgres', ssl: 'disable' }))).toBe(true)
    expect(await psql(source({ host: '127.0.0.1', user: 'postgres', ssl: 'disable' }))).toMatchObject({ ok: true })
    expect(await driver(source({ host: pg.socketDir, user: 'postgres' }))).toBe(true)
  })

  it('goes nowhere in clear text because a name looks local: what counts is the address reached (security 15)', async () => {
    using _names = answerNames({ localhost: [[host]] })
    await expect(connect(source({ host: 'localhost', user: 'clear', ssl: 'disable' }), signal())).rejects.toMatchObject(
      {
        code: 'clear-text-refused',
      },
    )
  })

  it('lets no server talk a tool out of TLS, and no newer tool into clear text (security 15)', async () => {
    const encrypted = await openToolEnv(source({ ssl: 'prefer', user: 'proven' }))
    expect(encrypted.env).toMatchObject({ PGSSLMODE: 'require' })
    await encrypted.close()
    const open = await openToolEnv(source({ ssl: 'disable', user: 'proven' }))
    expect(open.env).toMatchObject({ PGSSLMODE: 'disable', PGREQUIREAUTH: '!password' })
    await open.close()
    expect(await psql(source({ ssl: 'disable', user: 'proven' }))).toMatchObject({ ok: true, said: 'open' })
  })

  it('is warned of when its MD5 hash goes without encryption (security 15)', async () => {
    const codes = async (connection: Record<string, unknown>) =>
      (await inspect(source(connection), makeTestRun())).findings.map(({ code }) => code)
    expect(await codes({ ssl: 'disable', user: 'hashed' })).toEqual(
      expect.arrayContaining(['not-encrypted', 'md5-not-encrypted']),
    )
    const unverified = await codes({ ssl: 'require', user: 'clear' })
    expect(unverified).toEqual(expect.arrayContaining(['tls-not-verified', 'clear-text-not-verified']))
    const verified = await codes({ ssl: 'verify-full', sslRootCert: authority.ca, user: 'clear' })
    for (const code of ['not-encrypted', 'md5-not-encrypted', 'tls-not-verified', 'clear-text-not-verified'])
      expect(verified).not.toContain(code)
  })

  it('reaches no stand-in server: every byte that was sent to it is without it (security 15)', async () => {
    const sent: Buffer[] = []
    const clearText = Buffer.from([0x52, 0, 0, 0, 8, 0, 0, 0, 3])
    const sslRequest = 80_877_103
    const standIn = createServer((socket: Socket) => {
      socket.on('error', () => undefined)
      socket.on('data', (bytes) => {
        sent.push(bytes)
        socket.write(bytes.length === 8 && bytes.readInt32BE(4) === sslRequest ? Buffer.from('N') : clearText)
      })
    })
    await new Promise<void>((done) => standIn.listen(0, host, done))
    const { port } = standIn.address() as AddressInfo
    try {
      for (const ssl of ['disable', 'prefer', 'require', 'verify-full'])
        await expect(connect(source({ port, ssl, user: 'clear' }), signal())).rejects.toMatchObject({
          code: expect.stringMatching(/^(clear-text|tls)-refused$/),
        })
      await expect(openToolEnv(source({ port, ssl: 'prefer', user: 'clear' }))).rejects.toMatchObject({
        code: 'clear-text-refused',
      })
      const all = Buffer.concat(sent).toString('latin1')
      expect(all).toContain('clear')
      expect(all).not.toContain(password)
    } finally {
      standIn.close()
    }
  })
})

describe('the address of a source', () => {
  it('is looked at when our own connection is made (security 12, security 15)', async () => {
    using _names = answerNames({ [name]: [['169.254.169.254'], ['127.0.0.1']] })
    await expect(connect(makeSource({ host: name, port: 5432 }), signal())).rejects.toMatchObject({
      code: 'address-refused',
    })
  })

  it.each(['169.254.169.254', '0xa9fea9fe', '::ffff:a9fe:a9fe', '[fe80::1%25lo]', 'metadata.google.internal'])(
    'may not be %s, for us or for a tool (security 15)',
    async (host) => {
      const source = makeSource({ host, port: 5432 })
      await expect(connect(source, signal())).rejects.toMatchObject({ code: 'address-refused' })
      await expect(openToolEnv(source)).rejects.toMatchObject({ code: 'address-refused' })
    },
  )

  it('that a tool connects to is the one that was looked at, whatever the name leads to later (security 15)', async () => {
    const pg = await startPostgres()
    try {
      // The name exists in no name service that psql could ask: it goes where we looked, or nowhere.
      using _names = answerNames({ [name]: [['127.0.0.1'], ['169.254.169.254']] })
      const { ok, env } = await psql(makeSource({ host: name, port: pg.port, ssl: 'prefer' }))
      expect(ok).toBe(true)
      expect(env).toMatchObject({ PGHOST: name, PGHOSTADDR: '127.0.0.1' })
      await expect(openToolEnv(makeSource({ host: name, port: pg.port }))).rejects.toMatchObject({
        code: 'address-refused',
      })
    } finally {
      await pg.close()
    }
  })

  it('may have several: a tool tries them one after the other', async () => {
    const pg = await startPostgres()
    try {
      using _names = answerNames({ [name]: [['127.0.0.9', '127.0.0.1']] })
      const { ok, env } = await psql(makeSource({ host: name, port: pg.port, ssl: 'prefer' }))
      expect(ok).toBe(true)
      expect(env).toMatchObject({ PGHOST: `${name},${name}`, PGHOSTADDR: '127.0.0.9,127.0.0.1' })
    } finally {
      await pg.close()
    }
  })
})
