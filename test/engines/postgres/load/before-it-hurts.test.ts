import { logical } from '@/lib/engines/postgres/logical/method'
import { mkdtemp } from 'node:fs/promises'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { postgresOptionsSchema } from '@/lib/contracts/engines/postgres'
import { engines } from '@/lib/engines/index'
import type { Engine } from '@/lib/ports/engine'
import { takeBackup } from '@/test/helpers/databases/engine-backup'
import { startPostgres, type TestPostgres } from '@/test/helpers/servers/postgres'
import { makeTestRun, nothing } from '@/test/helpers/run-context'
import { tempDir } from '@/test/helpers/temp'

const engine = engines.postgres as Engine

describe('what would make a backup or a restore fail is told beforehand, or by its name', () => {
  let pg: TestPostgres
  let dir: Awaited<ReturnType<typeof tempDir>>

  beforeAll(async () => {
    dir = await tempDir('before')
    pg = await startPostgres({
      settings: {
        ...{ max_connections: '20', max_locks_per_transaction: '10', max_prepared_transactions: '2' },
        ...{ max_worker_processes: '0', max_wal_senders: '0', autovacuum_max_workers: '1' },
      },
    })
  })
  afterAll(async () => {
    await pg?.close()
    await dir?.remove()
  })

  const backUp = async (source: ReturnType<TestPostgres['source']>) =>
    takeBackup(logical, source, await mkdtemp(path.join(dir.path, 'backup-')), makeTestRun())

  it('more tables than the server can lock: found by the test, with the number that is needed, which is enough', async () => {
    await pg.sql('CREATE DATABASE wide')
    // Some in each transaction: making them takes locks as well.
    for (let from = 0; from < 1_200; from += 60) {
      await pg.sql(
        `DO $$ BEGIN FOR i IN ${from}..${from + 59} LOOP EXECUTE format('CREATE TABLE %I ()', 't' || i); END LOOP; END $$`,
        'wide',
      )
    }
    const source = pg.source({ connection: { database: 'wide' } })
    const refused = { code: 'too-many-tables', message: expect.stringContaining('locks 1200 tables') }
    const found = await engine.inspect(source, makeTestRun())
    expect(found).toMatchObject({ ok: false, error: refused })
    await expect(backUp(source)).rejects.toMatchObject({ code: 'too-many-tables', transient: false })
    const { sql = '' } = found.findings.find(({ code }) => code === 'too-many-tables') ?? {}
    expect(sql).toMatch(/^ALTER SYSTEM SET max_locks_per_transaction = \d+;$/)
    const needed = /\d+/.exec(sql)?.[0] ?? ''
    const other = await startPostgres({ settings: { max_connections: '20', max_locks_per_transaction: needed } })
    try {
      await other.sql(
        `DO $$ BEGIN FOR i IN 1..1200 LOOP EXECUTE format('CREATE TABLE %I ()', 't' || i); END LOOP; END $$`,
      )
      expect((await backUp(other.source())).warnings).toEqual([])
    } finally {
      await other.close()
    }
  })

  it('a role or a database with fewer connections than a backup needs: found by the test', async () => {
    await pg.sql('CREATE ROLE lonely LOGIN CONNECTION LIMIT 2')
    await pg.sql('CREATE DATABASE narrow CONNECTION LIMIT 1')
    const source = pg.source({ connection: { user: 'lonely', database: 'narrow' } })
    const found = await engine.inspect(source, makeTestRun())
    expect(found).toMatchObject({ ok: false, error: { code: 'too-few-connections' } })
    const few = found.findings.filter(({ code }) => code === 'too-few-connections')
    expect(few.map(({ message }) => message)).toEqual([
      expect.stringContaining('User lonely may hold 2 connections'),
      expect.stringContaining('Database narrow may hold 1 connection at once'),
    ])
    for (const { sql } of few) await pg.sql(sql ?? '')
    expect((await engine.inspect(source, makeTestRun())).ok).toBe(true)
    await backUp(source)
  })

  it('a prepared transaction that holds a lock: named by its gid, with the statements that end it', async () => {
    await pg.sql('CREATE DATABASE held')
    await pg.sql('CREATE TABLE item (id int)', 'held')
    const client = await pg.connect('held')
    await client.query('BEGIN; LOCK TABLE item; PREPARE TRANSACTION \'forgotten "one"\'')
    const options = postgresOptionsSchema.parse({ lockTimeoutMs: 1_000 })
    const source = { ...pg.source({ connection: { database: 'held' } }), options }
    await expect(backUp(source)).rejects.toMatchObject({
      code: 'lock-timeout',
      message: expect.stringContaining(`the prepared transaction 'forgotten "one"' of user postgres`),
      remedy: expect.stringContaining(`ROLLBACK PREPARED 'forgotten "one"'`),
    })
    await client.query(`ROLLBACK PREPARED 'forgotten "one"'`)
    await backUp(source)
  })

  it('a value that cannot be read: named with its table', async () => {
    await pg.sql('CREATE DATABASE broken')
    await pg.sql(
      `CREATE TABLE fine AS SELECT 1; CREATE TABLE torn (id int, body text);
       ALTER TABLE torn ALTER body SET STORAGE EXTERNAL; INSERT INTO torn VALUES (1, repeat('x', 20000))`,
      'broken',
    )
    const [toast] = await pg.sql(
      `SELECT reltoastrelid::regclass::text AS name FROM pg_class WHERE relname = 'torn'`,
      'broken',
    )
    await pg.sql(
      `CREATE EXTENSION pg_surgery; SELECT heap_force_kill('${String(toast?.['name'])}'::regclass, ARRAY['(0,1)']::tid[])`,
      'broken',
    )
    await expect(backUp(pg.source({ connection: { database: 'broken' } }))).rejects.toMatchObject({
      code: 'value-unreadable',
      message: expect.stringMatching(/^Table torn holds a value that cannot be read: .*chunk/),
      remedy: expect.stringContaining('ranges of its key'),
    })
  })

  it('a database that allows no connections: told as that', async () => {
    await pg.sql('CREATE DATABASE closed ALLOW_CONNECTIONS false')
    expect(await engine.inspect(pg.source({ connection: { database: 'closed' } }), makeTestRun())).toMatchObject({
      ok: false,
      error: {
        code: 'database-closed',
        remedy: expect.stringContaining('ALTER DATABASE "closed" ALLOW_CONNECTIONS true'),
      },
    })
  })

  it('a restoring role that is no superuser: left out and told, or refused before the first row', async () => {
    await pg.sql('CREATE DATABASE app')
    await pg.sql(
      `CREATE ROLE maker LOGIN CREATEDB; CREATE ROLE somebody;
       CREATE TABLE item (id int PRIMARY KEY); INSERT INTO item SELECT generate_series(1, 50);
       CREATE PUBLICATION everything FOR ALL TABLES; CREATE PUBLICATION one FOR TABLE item;
       CREATE FUNCTION noted() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END';
       CREATE EVENT TRIGGER note_it ON ddl_command_end EXECUTE FUNCTION noted(); COMMENT ON EVENT TRIGGER note_it IS 'x'`,
      'app',
    )
    const backup = await backUp(pg.source({ connection: { database: 'app' } }))
    const restore = (database: string, owners: 'keep' | 'drop') =>
      logical.restore(
        {
          ...{ manifest: backup.manifest, open: backup.open, check: backup.check, keepOut: nothing },
          target: { source: pg.source({ connection: { user: 'maker' } }), database, owners },
        },
        makeTestRun(),
      )
    await expect(restore('kept', 'keep')).rejects.toMatchObject({
      code: 'privilege-missing',
      remedy: expect.stringContaining('GRANT "postgres" TO "maker"'),
    })
    const { warnings } = await restore('dropped', 'drop')
    expect(warnings).toEqual([expect.stringMatching(/only a superuser.*PUBLICATION everything/)])
    expect(warnings[0]).toContain('EVENT TRIGGER note_it')
    expect(await pg.sql('SELECT count(*)::int AS n FROM item', 'dropped')).toEqual([{ n: 50 }])
    expect(await pg.sql('SELECT pubname FROM pg_publication', 'dropped')).toEqual([{ pubname: 'one' }])
  })
})
