import { logical } from '@/lib/engines/postgres/logical/method'
import { open, rm } from 'node:fs/promises'
import path from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { Check } from '@/lib/contracts/backup'
import { checkAssertions } from '@/lib/engines/postgres/logical/prove/check-assertions'
import { checkRestored } from '@/lib/engines/postgres/logical/prove/check-restored'
import { connect, withConnection } from '@/lib/engines/postgres/connect/connect'
import { findRestoreClient } from '@/lib/engines/postgres/logical/restore/find-restore-client'
import type { Installation } from '@/lib/engines/postgres/connect/find-client'
import { type ManifestFacts, manifestFacts } from '@/lib/engines/postgres/logical/archive/manifest-facts'
import {
  type Restored,
  restoreIntoSandbox,
  sandboxDatabase,
} from '@/lib/engines/postgres/logical/prove/restore-into-sandbox'
import { sandboxFolders } from '@/lib/sandbox/folders'
import { type SandboxServer, startSandbox } from '@/lib/engines/postgres/sandbox/start'
import { expectationsOf, type Expectations } from '@/lib/engines/postgres/logical/prove/expectations'
import { takeBackup } from '@/test/helpers/databases/engine-backup'
import { startPostgres, type TestPostgres } from '@/test/helpers/servers/postgres'
import { makeTestRun, nothing } from '@/test/helpers/run-context'
import { tempDir } from '@/test/helpers/temp'

type Level = 'standard' | 'comprehensive'
const signal = AbortSignal.timeout(600_000)

describe('what was changed in the sandbox after the restore is found', () => {
  let pg: TestPostgres
  let dir: Awaited<ReturnType<typeof tempDir>>
  let sandbox: SandboxServer
  let restored: Restored
  let facts: ManifestFacts
  let client: Installation

  beforeAll(async () => {
    dir = await tempDir('tampered')
    pg = await startPostgres()
    await pg.sql('CREATE DATABASE shop')
    await pg.sql(
      `CREATE TABLE customer (id serial PRIMARY KEY, name text NOT NULL CHECK (name <> ''), born timestamptz);
       INSERT INTO customer (name, born) SELECT 'customer ' || i, now() FROM generate_series(1, 5000) i;
       CREATE TABLE orders (id int GENERATED ALWAYS AS IDENTITY (START 100) PRIMARY KEY,
                            customer int NOT NULL REFERENCES customer, total numeric CHECK (total > 0));
       INSERT INTO orders (customer, total) SELECT i, i * 1.5 FROM generate_series(1, 3000) i;
       CREATE INDEX by_name ON customer (name);
       CREATE TABLE "odd ""one" (a int, b text); INSERT INTO "odd ""one" VALUES (1, E'tab\\there'), (2, NULL);
       CREATE TABLE parent (a int, b int); CREATE TABLE child (c int) INHERITS (parent);
       CREATE TABLE "(of) kin" ("(c)" int, "d)" int) INHERITS (parent);
       ALTER TABLE parent ADD d int; INSERT INTO child VALUES (1, 2, 3, 4), (5, 6, 7, 8);
       INSERT INTO "(of) kin" VALUES (1, 2, 3, 4, 5);
       CREATE SEQUENCE untouched START 7;
       CREATE DOMAIN positive AS int CONSTRAINT is_positive CHECK (VALUE > 0);
       CREATE VIEW names AS SELECT name FROM customer;
       CREATE FUNCTION stamp() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
       CREATE TRIGGER stamps BEFORE UPDATE ON customer FOR EACH ROW EXECUTE FUNCTION stamp();
       SELECT lo_from_bytea(0, convert_to('object ' || i || E'\\n second line', 'UTF8')) FROM generate_series(1, 40) i;
       SELECT lo_from_bytea(4242, 'a picture');
       CREATE TABLE empty (id int)`,
      'shop',
    )
    const source = pg.source({ connection: { database: 'shop' } })
    const backup = await takeBackup(logical, source, dir.path, makeTestRun())
    facts = manifestFacts(backup.manifest)
    client = await findRestoreClient(facts.toolMajor, backup.manifest.tool?.version ?? '', facts.serverMajor)
    const plan = {
      root: path.join(dir.path, 'sandboxes'),
      serverMajor: 15,
      needBytes: 0,
      relationCount: 50,
      keepOut: nothing,
    }
    sandbox = await startSandbox(plan, makeTestRun())
    const admin = await connect(sandbox.source, signal)
    try {
      const { manifest } = backup
      const input = { manifest, open: backup.open, level: 'comprehensive' as const, facts, client, sandbox, admin }
      restored = await restoreIntoSandbox(input, makeTestRun())
    } finally {
      await admin.end()
    }
    await onServer(`ALTER DATABASE ${sandboxDatabase} RENAME TO pristine`)
    await recreate('pristine')
  })
  afterEach(() => recreate('pristine'))
  afterAll(async () => {
    await sandbox?.stop()
    await pg?.close()
    const folders = sandboxFolders(path.join(dir.path, 'sandboxes'))
    await Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true })))
    await dir?.remove()
  })

  const onServer = (text: string) => withConnection(sandbox.source, signal, (admin) => admin.query(text))
  const tamper = (text: string) => withConnection(sandbox.source, signal, (admin) => admin.query(text), sandboxDatabase)
  /** From the files of another database, so that nothing comes from the server's memory. */
  const recreate = async (from: string) => {
    await onServer(`DROP DATABASE IF EXISTS ${sandboxDatabase}`)
    await onServer(`CREATE DATABASE ${sandboxDatabase} TEMPLATE ${from} OWNER postgres STRATEGY file_copy`)
  }
  const check = async (level: Level, expectations: Partial<Expectations> = {}): Promise<Check[]> =>
    checkRestored(
      { restored, sandbox, client, facts, level, expectations: expectationsOf(expectations), evidence: {} },
      makeTestRun(),
    )
  const found = async (level: Level, expectations?: Partial<Expectations>) =>
    (await check(level, expectations)).filter((each) => each.verdict !== 'passed')

  it('nothing, when nothing was changed', async () => {
    const checks = await check('comprehensive')
    expect(checks.filter((each) => each.verdict !== 'passed')).toEqual([])
    expect(checks.map((each) => each.name)).toEqual([
      'object-inventory',
      'row-counts',
      'sequence-values',
      'large-objects',
      'materialized-views',
      'constraints-validated',
      'content-hashes',
      'indexes-sound',
    ])
    expect(checks.find((each) => each.name === 'sequence-values')).toMatchObject({ expected: 3, actual: 3 })
  })

  it('an owner of the database who is another, at level standard', async () => {
    await onServer(`ALTER DATABASE ${sandboxDatabase} OWNER TO CURRENT_USER`)
    expect(await found('standard')).toMatchObject([
      { name: 'object-inventory', verdict: 'failed', detail: expect.stringContaining('owner of the database') },
    ])
  })

  it('a row that was changed: at level comprehensive, and not before (fault 45)', async () => {
    await tamper(`UPDATE customer SET name = 'customer 4Z' WHERE id = 42`)
    expect(await found('standard')).toEqual([])
    const checks = await found('comprehensive')
    expect(checks).toMatchObject([{ name: 'content-hashes', verdict: 'failed', expected: 8, actual: 7 }])
    expect(checks[0]?.detail).toMatch(/^"public"."customer": the hash of its rows is \S+ in the archive and \S+ in/)
  })

  it('a row that was changed in a table whose columns came back in another order', async () => {
    await tamper('UPDATE child SET d = 9 WHERE a = 5')
    expect(await found('comprehensive')).toMatchObject([
      { name: 'content-hashes', verdict: 'failed', detail: expect.stringContaining('"public"."child"') },
    ])
  })

  it('a large object that was changed: at level comprehensive', async () => {
    await tamper(`SELECT lo_put(4242, 2, 'P')`)
    expect(await found('standard')).toEqual([])
    expect(await found('comprehensive')).toMatchObject([
      { name: 'content-hashes', verdict: 'failed', detail: expect.stringMatching(/^large objects: their hash is/) },
    ])
  })

  it.each([
    ['emptied', 'TRUNCATE orders', '"public"."orders": 3000 rows in the archive, 0 restored'],
    [
      'one row short',
      'DELETE FROM orders WHERE id = 100',
      '"public"."orders": 3000 rows in the archive, 2999 restored',
    ],
    ['one row long', 'INSERT INTO empty VALUES (1)', '"public"."empty": 0 rows in the archive, 1 restored'],
  ])('a table that was %s: at level standard (fault 45)', async (_how, sql, detail) => {
    await tamper(sql)
    const checks = await found('standard')
    expect(checks).toMatchObject([{ name: 'row-counts', verdict: 'failed' }])
    expect(checks[0]?.detail).toContain(detail)
  })

  it.each([
    [
      'a foreign key',
      'ALTER TABLE orders DROP CONSTRAINT orders_customer_fkey',
      'FK CONSTRAINT public orders orders_customer_fkey',
    ],
    ['a primary key', 'ALTER TABLE orders DROP CONSTRAINT orders_pkey', 'CONSTRAINT public orders orders_pkey'],
    [
      'a check of a table',
      'ALTER TABLE orders DROP CONSTRAINT orders_total_check',
      'CHECK CONSTRAINT orders_total_check of TABLE public orders',
    ],
    [
      'a check of a domain',
      'ALTER DOMAIN positive DROP CONSTRAINT is_positive',
      'CHECK CONSTRAINT is_positive of DOMAIN public positive',
    ],
    ['a NOT NULL', 'ALTER TABLE customer ALTER name DROP NOT NULL', 'NOT NULL of column name of TABLE public customer'],
    ['a column', 'ALTER TABLE empty DROP id', 'COLUMN id integer of TABLE public empty'],
    ['the type of a column', 'ALTER TABLE empty ALTER id TYPE bigint', 'COLUMN id integer of TABLE public empty'],
    ['an index', 'DROP INDEX by_name', 'INDEX public by_name'],
    ['a view', 'DROP VIEW names', 'VIEW public names'],
    ['a trigger', 'DROP TRIGGER stamps ON customer', 'TRIGGER public customer stamps'],
    ['a sequence', 'DROP SEQUENCE untouched', 'SEQUENCE public untouched'],
  ])('%s that was dropped: at level standard', async (_what, sql, named) => {
    await tamper(sql)
    const checks = await found('standard')
    expect(checks[0]).toMatchObject({ name: 'object-inventory', verdict: 'failed' })
    expect(checks[0]?.detail).toContain(`In the archive and not in the restored database: `)
    expect(checks[0]?.detail).toContain(named)
  })

  it('a constraint that is no longer validated: at level comprehensive', async () => {
    await tamper(
      `ALTER TABLE orders DROP CONSTRAINT orders_total_check,
       ADD CONSTRAINT orders_total_check CHECK (total > 0) NOT VALID`,
    )
    const checks = await found('comprehensive')
    expect(checks.find((each) => each.name === 'constraints-validated')).toMatchObject({
      verdict: 'failed',
      detail: expect.stringContaining('0 in the source, 1 in the restored database (orders_total_check of orders)'),
    })
  })

  it.each([
    [
      `SELECT setval('customer_id_seq', 4999)`,
      '"public"."customer_id_seq": 5000 given last in the archive, 4999 given last',
    ],
    [`SELECT nextval('untouched')`, '"public"."untouched": 7 not given yet in the archive, 7 given last'],
    [
      `ALTER TABLE orders ALTER id RESTART`,
      '"public"."orders_id_seq": 3099 given last in the archive, 100 not given yet',
    ],
  ])('a sequence that gives other numbers after "%s": at level standard', async (sql, detail) => {
    await tamper(sql)
    const checks = await found('standard')
    expect(checks).toMatchObject([{ name: 'sequence-values', verdict: 'failed', expected: 3, actual: 2 }])
    expect(checks[0]?.detail).toContain(detail)
  })

  it('an index whose file was overwritten: at level comprehensive', async () => {
    const file = await withConnection(
      sandbox.source,
      signal,
      async (admin) => {
        const { rows } = await admin.query<{ file: string }>(
          `SELECT current_setting('data_directory') || '/' || pg_relation_filepath('by_name') AS file`,
        )
        return rows[0]?.file ?? ''
      },
      sandboxDatabase,
    )
    await onServer('CHECKPOINT')
    const handle = await open(file, 'r+')
    try {
      // The middle of a leaf page, past its header: the names in it are no longer in order.
      await handle.write(Buffer.from('customer zzz'), 0, 12, 8_192 * 3 + 6_000)
      await handle.write(Buffer.alloc(2_000, 0x55), 0, 2_000, 8_192 * 2 + 4_000)
    } finally {
      await handle.close()
    }
    await onServer(`DROP DATABASE IF EXISTS damaged`)
    await onServer(`CREATE DATABASE damaged TEMPLATE ${sandboxDatabase} STRATEGY file_copy`)
    await recreate('damaged')
    await onServer(`DROP DATABASE damaged`)
    expect(await found('standard')).toEqual([])
    const checks = await found('comprehensive')
    expect(checks).toMatchObject([{ name: 'indexes-sound', verdict: 'failed' }])
    expect(checks[0]?.detail).toContain('by_name on customer')
  })

  describe('critical tables', () => {
    const criticalTables = ['public.customer', 'orders', '"public"."odd ""one"', 'public.empty', 'public.gone']

    it('must be there and hold rows, each told with its count', async () => {
      await tamper('DELETE FROM orders')
      const checks = await check('standard', { assertions: [], criticalTables })
      expect(checks.filter((each) => each.name === 'critical-table')).toMatchObject([
        { verdict: 'passed', actual: 5_000, detail: 'public.customer' },
        { verdict: 'failed', actual: 0, detail: expect.stringContaining('orders has no rows') },
        { verdict: 'passed', actual: 2 },
        { verdict: 'failed', actual: 0, detail: expect.stringContaining('public.empty has no rows') },
        { verdict: 'failed', actual: 'missing', detail: expect.stringContaining('public.gone is not in') },
      ])
    })
  })

  describe('assertions in SQL', () => {
    const ask = async (sql: string, expected: string): Promise<Check | undefined> => {
      const expectations = { assertions: [{ name: 'The question', sql, expected }], criticalTables: [] }
      return (await check('comprehensive', expectations)).find((each) => each.name === 'sql-assertion')
    }

    it('are asked at level comprehensive only', async () => {
      const expectations = { assertions: [{ name: 'a', sql: 'SELECT 1', expected: '2' }], criticalTables: [] }
      expect(await found('standard', expectations)).toEqual([])
      expect(await found('comprehensive', expectations)).toHaveLength(1)
    })

    it.each([
      ['SELECT count(*) FROM customer', '5000'],
      ['SELECT sum(total) FROM orders;', '6752250.0'],
      [`SELECT true, 'ignored'`, 't'],
      [`WITH a AS (SELECT date '2026-01-02' AS day) SELECT day FROM a -- a comment`, '2026-01-02'],
      ['TABLE names LIMIT 1', 'customer 1'],
    ])('hold: %s', async (sql, expected) => {
      expect(await ask(sql, expected)).toMatchObject({ verdict: 'passed', expected, actual: expected })
    })

    it.each([
      ['SELECT count(*) FROM customer', '5001', '5000'],
      ['SELECT NULL', '', 'NULL'],
      ['SELECT 1 WHERE false', '1', 'no row'],
      ['SELECT id FROM customer', '1', 'more than one row'],
    ])('fail with both values and what they mean: %s', async (sql, expected, actual) => {
      const told = await ask(sql, expected)
      expect(told).toMatchObject({ verdict: 'failed', expected, actual })
      expect(told?.detail).toContain(`The question: the restored database answers "${actual}" where "${expected}" was`)
      expect(told?.detail).toContain(sql)
    })

    it.each([
      ['SELECT no_such_column FROM customer', 'no_such_column'],
      ['DELETE FROM customer RETURNING id', 'syntax error'],
      ['SELECT 1; SELECT 2', 'multiple commands'],
      [`SELECT nextval('untouched')`, /permission denied|read-only/],
      [`SELECT pg_read_file('/etc/passwd')`, 'permission denied'],
      [`SELECT set_config('session_authorization', 'holdfast_sandbox', false)`, 'permission denied'],
    ])('decide nothing when they cannot be answered: %s', async (sql, reason) => {
      const told = await ask(sql, '1')
      expect(told?.verdict).toBe('inconclusive')
      expect(told?.detail).toMatch(reason)
    })

    it('decide nothing when they take too long', async () => {
      const assertions = [{ name: 'Slow', sql: 'SELECT pg_sleep(60)', expected: '' }]
      const asked = { sandbox: sandbox.source, serverMajor: 15, database: sandboxDatabase, assertions, session: {} }
      expect(await checkAssertions({ ...asked, timeoutMs: 200 }, makeTestRun())).toMatchObject([
        { verdict: 'inconclusive', detail: expect.stringContaining('it took longer than 0.2 seconds') },
      ])
    })

    it('see every row, also of tables with row security', async () => {
      await tamper('ALTER TABLE customer ENABLE ROW LEVEL SECURITY; ALTER TABLE customer FORCE ROW LEVEL SECURITY')
      expect(await ask('SELECT count(*) FROM customer', '5000')).toMatchObject({ verdict: 'passed' })
    })
  })
})
