import { logical } from '@/lib/engines/postgres/logical/method'
import { execFileSync } from 'node:child_process'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { takeBackup } from '@/test/helpers/databases/engine-backup'
import { startPostgres, type TestPostgres } from '@/test/helpers/servers/postgres'
import { makeTestRun, nothing } from '@/test/helpers/run-context'
import { tempDir } from '@/test/helpers/temp'

/** Each answer hangs on a setting: of the server, of the database, or of both. */
const questions = [
  'SELECT at FROM item',
  "SELECT at::date || '' FROM item",
  'SELECT day FROM item',
  'SELECT span FROM item',
  'SELECT bytes FROM item',
  'SELECT 0.1::float8 + 0.2::float8',
  "SELECT to_tsvector('die laufenden Bäume')",
  "SELECT count(*) FROM item WHERE at < '2026-02-03 12:00'",
  "SELECT count(*) FROM item WHERE day = '01.02.2026'",
]

let pg: TestPostgres
beforeAll(async () => {
  pg = await startPostgres({
    settings: { timezone: 'Asia/Kolkata', intervalstyle: 'iso_8601', default_text_search_config: 'pg_catalog.german' },
  })
  await pg.sql('CREATE DATABASE shop')
  await pg.sql("ALTER DATABASE shop SET DateStyle = 'German, DMY'")
  await pg.sql("ALTER DATABASE shop SET bytea_output = 'escape'")
  await pg.sql('ALTER DATABASE shop SET extra_float_digits = -3')
  await pg.sql('ALTER DATABASE shop SET search_path = app, public')
  await pg.sql(
    `CREATE SCHEMA app;
     CREATE TABLE app.item AS SELECT '2026-02-03 06:00Z'::timestamptz AS at, '2026-02-01'::date AS day,
       interval '1 day 02:00' AS span, '\\x00ff41'::bytea AS bytes`,
    'shop',
  )
})
afterAll(() => pg?.close())

/** psql is what an administrator tries a question with before writing it down. */
const byPsql = (sql: string) => {
  const address = ['--host', pg.socketDir, '--port', String(pg.port), '--username', 'postgres']
  const options = ['--no-psqlrc', '--tuples-only', '--no-align', '--command', sql]
  return execFileSync('psql', [...address, ...options, 'shop'], { encoding: 'utf8' }).replace(/\n$/, '')
}

it('a question is asked as psql asks it of the source: with the zone, styles and search path that sessions begin with there', async () => {
  await using dir = await tempDir('assertions')
  const source = pg.source({ connection: { database: 'shop' } })
  const backup = await takeBackup(logical, source, dir.path, makeTestRun())
  const assertions = questions.map((sql) => ({ name: sql, sql, expected: byPsql(sql) }))
  // The settings are not those that we would choose ourselves.
  expect(assertions.slice(0, 2).map(({ expected }) => expected)).toEqual(['03.02.2026 11:30:00 IST', '03.02.2026'])
  const proof = await logical.prove(
    {
      manifest: backup.manifest,
      open: backup.open,
      level: 'comprehensive',
      sandbox: { root: `${dir.path}/sandboxes`, keepOut: nothing },
      expectations: { assertions, criticalTables: [] },
    },
    makeTestRun(),
  )
  const asked = proof.checks.filter((check) => check.name === 'sql-assertion')
  expect(asked.map(({ actual, verdict }) => `${String(actual)}: ${verdict}`)).toEqual(
    assertions.map(({ expected }) => `${expected}: passed`),
  )
  expect(proof.checks.filter((check) => check.verdict !== 'passed')).toEqual([])
})
