import { logical } from '@/lib/engines/postgres/logical/method'
import { execFile } from 'node:child_process'
import { mkdtemp } from 'node:fs/promises'
import path from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { toFailure } from '@/lib/core/holdfast-error'
import { takeBackup, type PlainBackup } from '@/test/helpers/databases/engine-backup'
import { startPostgres, type TestPostgres } from '@/test/helpers/servers/postgres'
import { makeTestRun, nothing } from '@/test/helpers/run-context'
import { tempDir } from '@/test/helpers/temp'

const run = promisify(execFile)

/** One database holds them all: what hangs on none of the application's own. */
const leftOut = `
  CREATE FUNCTION noted() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END';
  CREATE EVENT TRIGGER note_it ON ddl_command_end EXECUTE FUNCTION noted(); COMMENT ON EVENT TRIGGER note_it IS 'x';
  CREATE PUBLICATION everything FOR ALL TABLES; CREATE PUBLICATION one FOR TABLE item;
  CREATE PUBLICATION whole FOR TABLES IN SCHEMA public;
  CREATE FOREIGN DATA WRAPPER dummy; CREATE SERVER far FOREIGN DATA WRAPPER dummy;
  CREATE USER MAPPING FOR PUBLIC SERVER far; CREATE FOREIGN TABLE away (id int) SERVER far;
  CREATE FUNCTION in_c(text, text) RETURNS int LANGUAGE c AS '$libdir/pg_trgm', 'similarity';
  CREATE FUNCTION in_server(text) RETURNS int LANGUAGE internal AS 'textlen'; COMMENT ON FUNCTION in_server IS 'x';
  CREATE FUNCTION tight(int) RETURNS int LANGUAGE sql LEAKPROOF IMMUTABLE AS 'SELECT $1';
  CREATE OPERATOR CLASS oc FOR TYPE int4 USING btree AS OPERATOR 1 <, OPERATOR 2 <=, OPERATOR 3 =, OPERATOR 4 >=,
    OPERATOR 5 >, FUNCTION 1 btint4cmp(int4, int4);
  CREATE CAST (xid AS int4) WITHOUT FUNCTION;
  CREATE TEXT SEARCH TEMPLATE tt (LEXIZE = dsimple_lexize, INIT = dsimple_init);
  CREATE TEXT SEARCH DICTIONARY td (TEMPLATE = tt);
  CREATE ACCESS METHOD heap2 TYPE TABLE HANDLER heap_tableam_handler;
  CREATE SUBSCRIPTION sub CONNECTION 'host=none' PUBLICATION x WITH (connect = false, slot_name = NONE);`

/** What such a role may make, though it looks like the others. */
const kept = `
  CREATE EXTENSION hstore; COMMENT ON EXTENSION hstore IS 'ours'; COMMENT ON EXTENSION plpgsql IS 'ours';
  ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO somebody;
  REVOKE EXECUTE ON FUNCTION pg_catalog.pg_sleep(float8) FROM PUBLIC;
  SELECT lo_from_bytea(0, 'abc');
  CREATE FUNCTION about() RETURNS text LANGUAGE sql AS 'SELECT ''LEAKPROOF LANGUAGE c''';
  CREATE FUNCTION tf() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
  CREATE TRIGGER tr BEFORE INSERT ON item FOR EACH ROW EXECUTE FUNCTION tf(); ALTER TABLE item DISABLE TRIGGER tr;
  ALTER TABLE item ENABLE ROW LEVEL SECURITY; ALTER TABLE item FORCE ROW LEVEL SECURITY;
  CREATE POLICY p ON item USING (true);
  ALTER DATABASE kept SET work_mem = '8MB';`

/** What a table, an index or a view of the application cannot be without. */
const refused: [string, string, RegExp][] = [
  [
    'an index by a function of the server',
    `CREATE FUNCTION size(text) RETURNS int LANGUAGE internal AS 'textlen' IMMUTABLE STRICT; CREATE INDEX by_size ON item (size(t))`,
    /FUNCTION size\(text\), and INDEX by_size/,
  ],
  [
    'a view of a foreign table',
    `CREATE FOREIGN DATA WRAPPER dummy; CREATE SERVER far FOREIGN DATA WRAPPER dummy; CREATE FOREIGN TABLE away (id int) SERVER far; CREATE VIEW seen AS SELECT * FROM away`,
    /FOREIGN DATA WRAPPER dummy, and VIEW seen/,
  ],
]

describe('a restoring role that is no superuser', () => {
  let pg: TestPostgres
  let dir: Awaited<ReturnType<typeof tempDir>>

  beforeAll(async () => {
    dir = await tempDir('role')
    pg = await startPostgres({ settings: { wal_level: 'logical' } })
    await pg.sql('CREATE ROLE maker LOGIN CREATEDB; CREATE ROLE somebody')
  })
  afterAll(async () => {
    await pg?.close()
    await dir?.remove()
  })

  async function backUp(database: string, sql: string): Promise<PlainBackup> {
    await pg.sql(`CREATE DATABASE ${database}`)
    await pg.sql('CREATE TABLE item (id int PRIMARY KEY, t text); INSERT INTO item VALUES (1), (2), (3)', database)
    await pg.sql(sql, database)
    const folder = await mkdtemp(path.join(dir.path, 'backup-'))
    return takeBackup(logical, pg.source({ connection: { database } }), folder, makeTestRun())
  }
  const restore = (backup: PlainBackup, database: string) =>
    logical.restore(
      {
        ...{ manifest: backup.manifest, open: backup.open, check: backup.check, keepOut: nothing },
        target: { source: pg.source({ connection: { user: 'maker' } }), database, owners: 'drop' },
      },
      makeTestRun(),
    )
  /** The entries that PostgreSQL's own program cannot make as this role, which goes on behind each. */
  async function notMadeByPlainTools(backup: PlainBackup, database: string): Promise<string[]> {
    await pg.sql(`CREATE DATABASE ${database} OWNER maker`)
    const address = ['-h', pg.socketDir, '-p', String(pg.port), '-U', 'maker', '-d', database]
    const args = [...address, '--verbose', '--no-owner', '--no-privileges', backup.file('archive')]
    const said = await run('/usr/lib/postgresql/15/bin/pg_restore', args).then(
      ({ stderr }) => stderr,
      (error: { stderr: string }) => error.stderr,
    )
    return [...said.matchAll(/from TOC entry \d+; \d+ \d+ (.+)\n.*error:/g)].map(([, entry = '']) => entry)
  }
  const tables = (database: string) => pg.sql('SELECT count(*)::int AS n FROM item', database)

  it('gets all but what pg_restore cannot make as that role either, and is told each of it', async () => {
    const backup = await backUp('many', leftOut)
    const { warnings } = await restore(backup, 'many_back')
    expect(warnings).toEqual([expect.stringMatching(/^Left out, because only a superuser may make it: /)])
    const told = (warnings[0] ?? '').replace(/^.*?: |\.$/g, '').split(/, (?=[A-Z])/)
    const plain = (await notMadeByPlainTools(backup, 'many_plain')).filter((entry) => !entry.startsWith('COMMENT '))
    expect(plain.length).toBeGreaterThan(10)
    // Both name an object last, in whatever words come before it.
    const lastWord = (name: string) => name.split(' ').at(-1) ?? ''
    const untold = plain.filter((entry) => !told.some((name) => entry.includes(lastWord(name))))
    expect(untold).toEqual([])
    expect(told.length).toBe(plain.length)
    expect(await tables('many_back')).toEqual([{ n: 3 }])
    expect(await pg.sql('SELECT pubname FROM pg_publication ORDER BY 1', 'many_back')).toEqual(
      await pg.sql('SELECT pubname FROM pg_publication ORDER BY 1', 'many_plain'),
    )
  })

  it('gets everything that it may make, without warnings', async () => {
    const backup = await backUp('kept', kept)
    expect(await restore(backup, 'kept_back')).toEqual({ warnings: [] })
    expect(await notMadeByPlainTools(backup, 'kept_plain')).toEqual([])
    expect(await tables('kept_back')).toEqual([{ n: 3 }])
  })

  it.each(refused)('is refused before anything is made: %s', async (_, sql, message) => {
    const database = `refused_${refused.findIndex((each) => each[1] === sql)}`
    const backup = await backUp(database, sql)
    const failure = await restore(backup, `${database}_back`).then(() => null, toFailure)
    expect(failure).toMatchObject({
      code: 'privilege-missing',
      message: expect.stringMatching(message),
      remedy: expect.stringContaining('Restore as a superuser'),
    })
    const names = await pg.sql(`SELECT datname FROM pg_database WHERE datname LIKE '${database}_back%'`)
    expect(names).toEqual([])
    expect((await notMadeByPlainTools(backup, `${database}_plain`)).length).toBeGreaterThan(1)
  })
})
