import { logical } from '@/lib/engines/postgres/logical/method'
import { mkdtemp } from 'node:fs/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { HoldfastError } from '@/lib/core/holdfast-error'
import type { OpenPart } from '@/lib/ports/backup-method'
import { type PlainBackup, takeBackup } from '@/test/helpers/databases/engine-backup'
import { PlainTools } from '@/test/helpers/databases/plain-tools'
import { startPostgres, type TestPostgres } from '@/test/helpers/servers/postgres'
import { makeTestRun, nothing } from '@/test/helpers/run-context'
import { tempDir } from '@/test/helpers/temp'

let pg: TestPostgres
let elsewhere: TestPostgres
let dir: Awaited<ReturnType<typeof tempDir>>

beforeAll(async () => {
  dir = await tempDir('place')
  ;[pg, elsewhere] = await Promise.all([startPostgres({ locales: 'fi_FI.UTF-8' }), startPostgres()])
})
afterAll(async () => {
  await Promise.all([pg?.close(), elsewhere?.close()])
  await dir?.remove()
})

async function backUp(database: string): Promise<PlainBackup> {
  const source = pg.source({ connection: { database } })
  return takeBackup(logical, source, await mkdtemp(`${dir.path}/backup-`), makeTestRun())
}

function restore(
  backup: PlainBackup,
  to: TestPostgres,
  {
    database = 'copy',
    user = 'postgres',
    open = backup.open,
  }: { database?: string; user?: string; open?: OpenPart } = {},
) {
  const owners = user === 'postgres' ? ('keep' as const) : ('drop' as const)
  const target = { source: to.source({ connection: { user } }), database, owners }
  return logical.restore(
    { manifest: backup.manifest, open, check: backup.check, target, keepOut: nothing },
    makeTestRun(),
  )
}

describe('tablespaces', () => {
  let backup: PlainBackup

  beforeAll(async () => {
    const client = await pg.connect()
    await client.query('SET allow_in_place_tablespaces = on')
    for (const name of ['slow', '"Fast ""1"""']) await client.query(`CREATE TABLESPACE ${name} LOCATION ''`)
    await client.query('CREATE DATABASE placed TEMPLATE template0 TABLESPACE slow')
    await pg.sql(
      `CREATE TABLE quick (id int, v text) TABLESPACE "Fast ""1""";
       CREATE INDEX quick_v ON quick (v) TABLESPACE "Fast ""1""";
       CREATE TABLE usual (id int PRIMARY KEY USING INDEX TABLESPACE "Fast ""1""");
       CREATE TABLE plain (id int) TABLESPACE pg_default;
       CREATE MATERIALIZED VIEW seen TABLESPACE "Fast ""1""" AS SELECT count(*) FROM quick;
       INSERT INTO quick SELECT i, i FROM generate_series(1, 100) i;
       ALTER DATABASE placed SET default_tablespace = 'Fast "1"'`,
      'placed',
    )
    backup = await backUp('placed')
  })

  const placeOf = async (server: TestPostgres, database: string) => ({
    database: await server.sql(
      `SELECT spcname FROM pg_database d JOIN pg_tablespace t ON t.oid = d.dattablespace WHERE datname = '${database}'`,
    ),
    objects: await server.sql(
      `SELECT relname::text AS name, coalesce(spcname, '') AS place FROM pg_class c
         LEFT JOIN pg_tablespace t ON t.oid = c.reltablespace
        WHERE relnamespace = 'public'::regnamespace ORDER BY 1`,
      database,
    ),
  })

  it('are kept for the database, its tables and indexes where the target has them all, as plain tools do', async () => {
    const { warnings } = await restore(backup, pg)
    expect(warnings).toEqual([])
    const original = await placeOf(pg, 'placed')
    expect(original.objects).toContainEqual({ name: 'usual_pkey', place: 'Fast "1"' })
    expect(await placeOf(pg, 'copy')).toEqual(original)
    await pg.sql('ALTER DATABASE placed RENAME TO "placed before"')
    expect(await new PlainTools(pg).restore(backup.file('archive'))).toBe('')
    expect(await placeOf(pg, 'copy')).toEqual(await placeOf(pg, 'placed'))
  })

  it('give way to the default where the target lacks one, and the restore says which', async () => {
    const { warnings } = await restore(backup, elsewhere)
    expect(warnings).toEqual([expect.stringMatching(/default tablespace .* no tablespace slow, Fast "1" /)])
    const { database, objects } = await placeOf(elsewhere, 'copy')
    expect(database).toEqual([{ spcname: 'pg_default' }])
    expect(objects.filter(({ place }) => place !== '')).toEqual([])
    expect(await elsewhere.sql('SELECT count(*)::int AS n FROM quick', 'copy')).toEqual([{ n: 100 }])
  })

  it('give way to the default where the restoring role may not use one', async () => {
    await pg.sql('CREATE ROLE maker LOGIN CREATEDB')
    await pg.sql('GRANT CREATE ON TABLESPACE slow TO maker')
    const { warnings } = await restore(backup, pg, { database: 'made', user: 'maker' })
    expect(warnings).toContainEqual(expect.stringMatching(/no tablespace Fast "1", pg_default that this role may use/))
    expect((await placeOf(pg, 'made')).database).toEqual([{ spcname: 'pg_default' }])
  })

  it('are left out by hand as the printed steps say: a database of one’s own, and an option', async () => {
    const tools = new PlainTools(elsewhere)
    const archive = backup.file('archive')
    expect(await tools.restore(archive)).toContain('tablespace "slow" does not exist')
    expect(JSON.stringify(backup.manifest.howToRestore)).toMatch(
      /where the tablespaces of the source are not, make another with createdb .* add --no-tablespaces to pg_restore/,
    )
    await elsewhere.sql('CREATE DATABASE by_hand TEMPLATE template0')
    expect(await tools.restoreInto('by_hand', archive, ['--no-tablespaces'])).toBe('')
    expect(await elsewhere.sql('SELECT count(*)::int AS n FROM quick', 'by_hand')).toEqual([{ n: 100 }])
  })

  it('stand in the way of no restore test', { timeout: 120_000 }, async () => {
    const { manifest, open } = backup
    const sandbox = { root: `${dir.path}/sandboxes`, keepOut: nothing }
    const proof = await logical.prove({ manifest, open, level: 'comprehensive', sandbox }, makeTestRun())
    expect(proof.checks.filter(({ verdict }) => verdict !== 'passed')).toEqual([])
  })
})

describe('the locale', () => {
  it('of the system stays one of the system in a server whose templates use ICU, as plain tools keep it', async () => {
    await pg.sql('CREATE DATABASE simple TEMPLATE template0')
    const backup = await backUp('simple')
    const template = (provider: string, icu: string) =>
      elsewhere.sql(
        `UPDATE pg_database SET datlocprovider = '${provider}', daticulocale = ${icu} WHERE datname = 'template0'`,
      )
    await template('i', "'und'")
    try {
      expect((await restore(backup, elsewhere, { database: 'plainly' })).warnings).toEqual([])
      expect(await new PlainTools(elsewhere).restore(backup.file('archive'))).toBe('')
    } finally {
      await template('c', 'NULL')
    }
    const made = await elsewhere.sql(
      "SELECT datlocprovider, datcollate, daticulocale FROM pg_database WHERE datname IN ('plainly', 'simple')",
    )
    const own = { datlocprovider: 'c', datcollate: 'C.UTF-8', daticulocale: null }
    expect(made).toEqual([own, own])
  })

  it('that the target lacks is told before the first row, with what to do, and nothing is left', async () => {
    await pg.sql("CREATE DATABASE finnish TEMPLATE template0 LOCALE 'fi_FI.UTF-8'")
    await pg.sql('CREATE TABLE t AS SELECT 1 AS i', 'finnish')
    const backup = await backUp('finnish')
    let opened = 0
    const open: OpenPart = (part, run) => {
      opened += 1
      return backup.open(part, run)
    }
    await expect(restore(backup, elsewhere, { database: 'suomi', open })).rejects.toMatchObject({
      code: 'target-unfit',
      message: expect.stringContaining('does not have the locale fi_FI.UTF-8'),
      remedy: expect.stringContaining('Install the locale fi_FI.UTF-8 on the machine of the target server'),
    })
    // The table of contents.
    expect(opened).toBe(1)
    expect(await elsewhere.sql("SELECT datname FROM pg_database WHERE datname LIKE 'suomi%'")).toEqual([])
  })

  it(
    'is recorded with the version of its order, which explains a test that fails where another is',
    { timeout: 120_000 },
    async () => {
      await pg.sql("CREATE DATABASE sorted TEMPLATE template0 LOCALE 'C.UTF-8' LOCALE_PROVIDER icu ICU_LOCALE 'und'")
      // Rows of the one table are restored before those of the other, on which their check depends.
      await pg.sql(
        `CREATE TABLE bound AS SELECT 10 AS top;
       CREATE FUNCTION below(i int) RETURNS bool LANGUAGE sql
         AS 'SELECT coalesce(i < (SELECT max(top) FROM public.bound), false)';
       CREATE TABLE amount (v int CHECK (below(v)));
       INSERT INTO amount VALUES (1)`,
        'sorted',
      )
      const { manifest, open } = await backUp('sorted')
      const [row] = await pg.sql("SELECT datcollversion FROM pg_database WHERE datname = 'sorted'")
      expect(manifest.facts).toMatchObject({
        collationVersion: row?.['datcollversion'],
        provider: 'icu',
        icu: 'und',
      })
      const prove = (collationVersion: unknown) =>
        logical
          .prove(
            {
              manifest: { ...manifest, facts: { ...manifest.facts, collationVersion } },
              open,
              level: 'standard',
              sandbox: { root: `${dir.path}/sandboxes`, keepOut: nothing },
            },
            makeTestRun(),
          )
          .catch((error: HoldfastError) => error)
      expect(await prove(row?.['datcollversion'])).toMatchObject({
        checks: expect.arrayContaining([expect.objectContaining({ verdict: 'failed' })]),
      })
      expect(await prove('0.1')).toMatchObject({
        code: 'sandbox-unavailable',
        message: expect.stringMatching(/This machine sorts by version \S+ of the locale und; the source sorts by 0\.1/),
      })
    },
  )
})
