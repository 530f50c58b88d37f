import { readdir, readFile } from 'node:fs/promises'
import path from 'node:path'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { tablesOfInstance } from '@/lib/db/limited-rights'
import { freshCatalog, type FreshCatalog } from '../helpers/catalog/catalog'
import { testPostgresUrl } from '../helpers/servers/servers'
import { findUncovered } from '../helpers/catalog/uncovered-tables'

let catalog: FreshCatalog
let client: pg.Client
beforeAll(async () => {
  catalog = await freshCatalog()
  client = new pg.Client({ connectionString: catalog.url })
  await client.connect()
})
afterAll(async () => {
  await client.end()
  await catalog.drop()
})

describe('row security of the catalog (security 32)', () => {
  it('covers every table that says anything of a source, and gives no other rights than are listed', async () => {
    expect(await findUncovered(client, tablesOfInstance)).toEqual([])
    const { rows } = await client.query<{ count: number }>(
      "SELECT count(*)::int AS count FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'",
    )
    expect(rows[0]?.count).toBeGreaterThan(30)
  })

  it('is stepped out of in these places alone, for what the instance does because of a request', async () => {
    const root = path.resolve(import.meta.dirname, '../..')
    const files = ['lib', 'worker', 'app'].map(async (room) => {
      const names = await readdir(path.join(root, room), { recursive: true })
      return names.filter((name) => /\.tsx?$/.test(name)).map((name) => path.join(room, name))
    })
    const users: string[] = []
    for (const file of (await Promise.all(files)).flat()) {
      if (/\basOwner\(/.test(await readFile(path.join(root, file), 'utf8'))) users.push(file)
    }
    expect(users.sort()).toEqual([
      'lib/services/approval/tell-administrators.ts',
      'lib/services/backup/delete-backup.ts',
      'lib/services/job/create-job.ts',
    ])
  })

  it('says why each table of the whole instance is one', () => {
    for (const { reason } of Object.values(tablesOfInstance)) expect(reason).toMatch(/\w{4}/)
  })

  const stray = { rights: [], reason: 'added by this test' }
  it.each<[what: string, sql: string, listed: boolean, named: string[]]>([
    ['a table that nobody thought of', 'CREATE TABLE stray (id int)', false, ['stray: neither policy nor listed']],
    ['a table of a source on the list', 'CREATE TABLE stray (source_id uuid)', true, ['stray: column source_id']],
    ['a table of a backup on the list', 'CREATE TABLE stray (backup_id uuid)', true, ['stray: column backup_id']],
    [
      'a table that leads to a source over others',
      'CREATE TABLE stray (copy uuid REFERENCES backup_copy (id))',
      true,
      ['stray: leads to backup_copy'],
    ],
    [
      'a partitioned table and its parts',
      'CREATE TABLE stray (id int) PARTITION BY LIST (id); CREATE TABLE stray_1 PARTITION OF stray DEFAULT',
      false,
      ['stray: neither policy nor listed', 'stray_1: neither policy nor listed'],
    ],
    [
      'a policy that is not switched on',
      'CREATE TABLE stray (id int); CREATE POLICY p ON stray USING (false)',
      false,
      ['stray: neither policy nor listed'],
    ],
    [
      'a policy for reading alone, which would leave writing to another',
      'CREATE TABLE stray (id int); ALTER TABLE stray ENABLE ROW LEVEL SECURITY; CREATE POLICY p ON stray FOR SELECT USING (false)',
      false,
      ['stray: neither policy nor listed'],
    ],
    ['a second policy, which adds rows', 'CREATE POLICY p ON job USING (true)', false, ['job: more than one policy']],
    [
      'row security that was switched off',
      'ALTER TABLE job DISABLE ROW LEVEL SECURITY',
      false,
      ['job: neither policy nor listed'],
    ],
    [
      'a view that reads as its owner',
      'CREATE VIEW stray AS SELECT * FROM source',
      false,
      ['stray: reads as its owner'],
    ],
    [
      'a materialized view, which no policy holds',
      'CREATE MATERIALIZED VIEW stray AS SELECT * FROM source',
      false,
      ['stray: reads as its owner'],
    ],
    [
      'a function that runs as its owner',
      "CREATE FUNCTION stray() RETURNS bigint LANGUAGE sql SECURITY DEFINER AS 'SELECT count(*) FROM source'",
      false,
      ['stray(): runs as its owner'],
    ],
    [
      'a schema that is open to it',
      'CREATE SCHEMA stray; GRANT USAGE ON SCHEMA stray TO PUBLIC; CREATE TABLE stray.t ()',
      false,
      ['stray.t: in an open schema'],
    ],
    ['a right that was given', 'GRANT SELECT ON app_user TO PUBLIC', false, ['app_user: may SELECT']],
    ['a right to some columns', 'GRANT SELECT (email) ON app_user TO PUBLIC', false, ['app_user: may SELECT']],
    [
      'a right that is missing',
      `REVOKE SELECT ON setting FROM "holdfast_limited_${new URL(testPostgresUrl()).username}"`,
      false,
      ['setting: may not SELECT'],
    ],
  ])('finds %s', async (_, sql, listed, named) => {
    await client.query('BEGIN')
    try {
      await client.query(sql)
      const list = listed ? { ...tablesOfInstance, stray } : tablesOfInstance
      expect(await findUncovered(client, list)).toEqual(expect.arrayContaining(named))
    } finally {
      await client.query('ROLLBACK')
    }
  })

  it('finds a table of the list that is gone', async () => {
    expect(await findUncovered(client, { ...tablesOfInstance, stray })).toEqual(['stray: listed but not there'])
  })
})
