import { logical } from '@/lib/engines/postgres/logical/method'
import { mkdtemp } from 'node:fs/promises'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { engines } from '@/lib/engines/index'
import type { Engine } from '@/lib/ports/engine'
import { takeBackup } from '@/test/helpers/databases/engine-backup'
import { startPgbouncer, type TestPooler } from '@/test/helpers/servers/pgbouncer'
import { PlainTools } from '@/test/helpers/databases/plain-tools'
import { startPostgres, type TestPostgres } from '@/test/helpers/servers/postgres'
import { contentDigest } from '@/test/helpers/databases/postgres-content'
import { makeTestRun } from '@/test/helpers/run-context'
import { tempDir } from '@/test/helpers/temp'

const engine = engines.postgres as Engine
type Settings = Parameters<typeof startPgbouncer>[1]

describe('a connection pooler in front of the server', () => {
  let pg: TestPostgres
  let dir: Awaited<ReturnType<typeof tempDir>>
  const poolers: TestPooler[] = []

  beforeAll(async () => {
    dir = await tempDir('pooler')
    pg = await startPostgres()
    await pg.sql(`CREATE TABLE item (id int PRIMARY KEY); INSERT INTO item SELECT generate_series(1, 500)`)
  })
  afterAll(async () => {
    for (const pooler of poolers) await pooler.close()
    await pg?.close()
    await dir?.remove()
  })

  const start = async (settings: Settings) => {
    const pooler = await startPgbouncer(pg, settings)
    poolers.push(pooler)
    return { pooler, source: pg.source({ connection: { port: pooler.port } }) }
  }

  it('is none where a server is reached directly, by TCP and by its socket', async () => {
    for (const host of ['127.0.0.1', pg.socketDir]) {
      expect(await engine.inspect(pg.source({ connection: { host } }), makeTestRun())).toMatchObject({ ok: true })
    }
  })

  it.each<Settings>([
    { pool_mode: 'transaction' },
    { pool_mode: 'transaction', default_pool_size: 1 },
    { pool_mode: 'statement' },
    { pool_mode: 'session', server_reset_query: '' },
    // Poolers that are told to swallow what they do not know swallow what would protect the application.
    { pool_mode: 'transaction', ignore_startup_parameters: 'options,extra_float_digits' },
  ])('is refused with what to use instead when sessions are shared: %o', async (settings) => {
    const { pooler, source } = await start(settings)
    // The application asks all the while, by its own names, through the same pool.
    const application = await pooler.connect()
    const asked = { queries: 0, over: false }
    const asking = (async () => {
      while (!asked.over) {
        const { rows } = await application.query(
          "SELECT count(*)::int AS n, current_setting('search_path') AS path FROM item",
        )
        expect(rows).toEqual([{ n: 500, path: '"$user", public' }])
        asked.queries += 1
      }
    })()
    asking.catch(() => undefined)
    const refused = { code: 'pooler-refused', remedy: expect.stringContaining('port of PostgreSQL itself') }
    expect(await engine.inspect(source, makeTestRun())).toMatchObject({ ok: false, error: refused })
    await expect(logical.begin(source, makeTestRun())).rejects.toMatchObject(refused)
    asked.over = true
    await asking
    expect(asked.queries).toBeGreaterThan(0)
    expect(await settingsOf(application)).toEqual(await settingsOf(await pg.connect()))
    await application.end()
  })

  it.each<Settings>([
    { pool_mode: 'transaction', ignore_startup_parameters: 'options,extra_float_digits' },
    { pool_mode: 'transaction', server_round_robin: 1, ignore_startup_parameters: 'options,extra_float_digits' },
  ])('is refused each time when several applications take its sessions in between: %o', async (settings) => {
    const { pooler, source } = await start(settings)
    const applications = await Promise.all([1, 2, 3].map(() => pooler.connect()))
    let over = false
    const asking = Promise.all(
      applications.map(async (application) => {
        while (!over) await application.query('SELECT count(*) FROM item')
      }),
    )
    try {
      for (let round = 0; round < 20; round += 1) {
        expect(await engine.inspect(source, makeTestRun())).toMatchObject({ error: { code: 'pooler-refused' } })
      }
    } finally {
      over = true
      await asking
      for (const application of applications) await application.end()
    }
  })

  it('takes a backup where each connection has a session of its own, and leaves nothing behind in it', async () => {
    const { pooler, source } = await start({ pool_mode: 'session' })
    expect(await engine.inspect(source, makeTestRun())).toMatchObject({ ok: true })
    const folder = await mkdtemp(path.join(dir.path, 'session-'))
    const backup = await takeBackup(logical, source, folder, makeTestRun())
    await pg.sql('CREATE DATABASE copy')
    expect(await new PlainTools(pg).restoreInto('copy', backup.file('archive'))).toBe('')
    expect(await contentDigest(await pg.connect('copy'))).toEqual(await contentDigest(await pg.connect()))
    const applications = await Promise.all([1, 2, 3, 4, 5].map(() => pooler.connect()))
    for (const application of applications) {
      expect(await settingsOf(application)).toEqual(await settingsOf(await pg.connect()))
      await application.end()
    }
  })

  it.each([
    { reset: 'DISCARD ALL', ends: { ok: true } },
    {
      reset: '',
      ends: { ok: false, error: { code: 'pooler-refused', message: expect.stringContaining('still there') } },
    },
  ])('is judged by the session itself when the pool gives out others first: "$reset"', async ({ reset, ends }) => {
    const { pooler, source } = await start({ pool_mode: 'session', server_round_robin: 1, server_reset_query: reset })
    const idle = await Promise.all([1, 2, 3, 4].map(() => pooler.connect()))
    await Promise.all(idle.map((client) => client.query('SELECT 1')))
    await Promise.all(idle.map((client) => client.end()))
    expect(await engine.inspect(source, makeTestRun())).toMatchObject(ends)
  })

  it('that refuses a setting which a dump of this database needs is named as the reason', async () => {
    await pg.sql('CREATE DATABASE old_ways')
    await pg.sql('ALTER DATABASE old_ways SET bytea_output = escape')
    const { pooler } = await start({ pool_mode: 'session' })
    const source = pg.source({ connection: { port: pooler.port, database: 'old_ways' } })
    const folder = await mkdtemp(path.join(dir.path, 'refused-'))
    await expect(takeBackup(logical, source, folder, makeTestRun())).rejects.toMatchObject({ code: 'pooler-refused' })
  })
})

/** Everything a session can be set to, but what tells sessions apart. */
async function settingsOf(client: { query(sql: string): Promise<{ rows: Record<string, unknown>[] }> }) {
  const { rows } = await client.query(
    `SELECT name, setting FROM pg_settings WHERE name NOT IN ('application_name', 'client_encoding') ORDER BY name`,
  )
  return rows
}
