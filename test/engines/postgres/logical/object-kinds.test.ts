import { logical } from '@/lib/engines/postgres/logical/method'
import { execFile } from 'node:child_process'
import { rm } from 'node:fs/promises'
import { buffer } from 'node:stream/consumers'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { postgresOptionsSchema } from '@/lib/contracts/engines/postgres'
import { ArchiveWalker } from '@/lib/engines/postgres/logical/archive/archive-walker'
import { sandboxFolders } from '@/lib/sandbox/folders'
import { comparableDump, dumpDifferences } from '@/test/helpers/databases/compare-dumps'
import { type PlainBackup, takeBackup } from '@/test/helpers/databases/engine-backup'
import { programsWithExtension } from '@/test/helpers/databases/own-extension'
import { startPostgres, type TestPostgres } from '@/test/helpers/servers/postgres'
import { contentDigest } from '@/test/helpers/databases/postgres-content'
import { makeTestRun, nothing } from '@/test/helpers/run-context'
import { tempDir } from '@/test/helpers/temp'

const fixture = new URL('../../../fixtures/sql/object-kinds.sql', import.meta.url)

describe('every kind of object', () => {
  let pg: TestPostgres
  let elsewhere: TestPostgres
  let dir: Awaited<ReturnType<typeof tempDir>>
  let programs: Awaited<ReturnType<typeof tempDir>>
  let backup: PlainBackup
  let dumped: string[]
  let content: Record<string, string>
  const before = process.env['HOLDFAST_PG_BIN']

  beforeAll(async () => {
    dir = await tempDir('kinds')
    programs = await tempDir('programs')
    const bin = await programsWithExtension(programs.path)
    // The sandbox, too, must have the extension.
    process.env['HOLDFAST_PG_BIN'] = bin
    const settings = { wal_level: 'logical' }
    ;[pg, elsewhere] = await Promise.all([startPostgres({ bin, settings }), startPostgres({ bin, settings })])
    await pg.sql('CREATE DATABASE kinds')
    await psql(pg, 'kinds', ['--file', fixture.pathname])
    // The sizes that streams are balanced by.
    await pg.sql('VACUUM', 'kinds')
    content = await contentDigest(await pg.connect('kinds'))
    dumped = await comparableDump(pg, 'kinds')
    backup = await takeBackup(logical, source('kinds'), dir.path, makeTestRun())
    await psql(elsewhere, 'postgres', ['--set=ON_ERROR_STOP=0', '--file', backup.file('globals')])
  })
  afterAll(async () => {
    if (before === undefined) delete process.env['HOLDFAST_PG_BIN']
    else process.env['HOLDFAST_PG_BIN'] = before
    await Promise.all([pg?.close(), elsewhere?.close()])
    await Promise.all(
      sandboxFolders(`${dir.path}/sandboxes`).map((folder) => rm(folder, { recursive: true, force: true })),
    )
    await dir?.remove()
    await programs?.remove()
  })

  /** Small as it is, it is taken in several streams. */
  const source = (database: string, user = 'postgres') => ({
    ...pg.source({ connection: { database, user } }),
    options: postgresOptionsSchema.parse({ parallelism: 3 }),
  })
  const restore = (database: string, owners: 'keep' | 'drop' = 'keep') =>
    logical.restore(
      {
        manifest: backup.manifest,
        open: backup.open,
        check: () => Promise.resolve(),
        keepOut: nothing,
        target: { source: elsewhere.source(), database, owners, parallelism: 2 },
      },
      makeTestRun(),
    )

  it('is the same after a restore: definitions and rows', async () => {
    await restore('restored')
    expect(dumpDifferences(dumped, await comparableDump(elsewhere, 'restored'))).toEqual({ lost: [], added: [] })
    // Rows that somebody put into a table of an extension which it does not call configuration: pg_dump leaves them out.
    const expected = { ...content, 'settings.cache': '0  ' }
    expect(await contentDigest(await elsewhere.connect('restored'))).toEqual(expected)
    expect(backup.manifest.parts.filter((part) => part.role === 'data').length).toBeGreaterThan(0)
  })

  it('passes the comprehensive restore test', async () => {
    const proof = await logical.prove(
      {
        manifest: backup.manifest,
        open: backup.open,
        level: 'comprehensive',
        sandbox: { root: `${dir.path}/sandboxes`, keepOut: nothing },
      },
      makeTestRun(),
    )
    expect(proof.checks.filter((check) => check.verdict !== 'passed')).toEqual([])
  })

  it('is the same after a restore without owners', async () => {
    await restore('disowned', 'drop')
    const expected = { ...content, 'settings.cache': '0  ' }
    expect(await contentDigest(await elsewhere.connect('disowned'))).toEqual(expected)
  })

  it('is read whole by the owner of tables with row security, and refused to whom they would hide rows', async () => {
    await pg.sql('CREATE DATABASE secured')
    await pg.sql(
      `CREATE ROLE secured_owner LOGIN; CREATE ROLE secured_reader LOGIN IN ROLE pg_read_all_data;
      CREATE TABLE half AS SELECT i FROM generate_series(1, 10) i; ALTER TABLE half OWNER TO secured_owner;
      ALTER TABLE half ENABLE ROW LEVEL SECURITY; CREATE POLICY first ON half USING (i < 6)`,
      'secured',
    )
    const owned = await tempDir('owned')
    const taken = await takeBackup(logical, source('secured', 'secured_owner'), owned.path, makeTestRun())
    const target = { source: elsewhere.source(), database: 'secured', owners: 'drop' as const }
    const check = () => Promise.resolve()
    await logical.restore(
      { manifest: taken.manifest, open: taken.open, check, target, keepOut: nothing },
      makeTestRun(),
    )
    expect(await elsewhere.sql('SELECT count(*)::int AS count FROM half', 'secured')).toEqual([{ count: 10 }])
    await owned.remove()
    await expect(logical.begin(source('secured', 'secured_reader'), makeTestRun())).rejects.toMatchObject({
      code: 'privilege-missing',
      message: expect.stringContaining('"half"'),
    })
  })
})

/** What another session does between the backup's snapshot and the lock on the table. */
describe('a table that is changed while the backup begins', () => {
  let pg: TestPostgres
  let dir: Awaited<ReturnType<typeof tempDir>>

  beforeAll(async () => {
    dir = await tempDir('changes')
    pg = await startPostgres()
  })
  afterAll(async () => {
    await pg?.close()
    await dir?.remove()
  })

  /** All parts to their ends; rejects as a backup would. */
  const dumpAfter = async (change: string) => {
    await pg.sql(
      `DROP TABLE IF EXISTS changing; CREATE TABLE changing AS SELECT i, i::text AS body FROM generate_series(1, 500) i`,
    )
    const run = makeTestRun()
    const session = await logical.begin(pg.source(), run)
    try {
      await pg.sql(change)
      const part = session.parts.find((candidate) => candidate.role === 'archive')
      if (!part) throw new Error('The backup has no archive')
      const { stream, finished } = part.open(run)
      const [bytes] = await Promise.all([buffer(stream), finished])
      return bytes
    } finally {
      await session.close()
    }
  }

  it.each([
    ['emptied', 'TRUNCATE changing'],
    ['written anew', 'ALTER TABLE changing ALTER i TYPE bigint'],
    ['dropped', 'DROP TABLE changing'],
    ['dropped and made again', 'DROP TABLE changing; CREATE TABLE changing (i int, body text)'],
  ])('fails the backup when it is %s, which is tried again (fault 7)', async (_, change) => {
    await expect(dumpAfter(change)).rejects.toMatchObject({ code: 'producer-failed', transient: true })
  })

  it.each([
    ['gets rows', 'INSERT INTO changing SELECT 0, NULL FROM generate_series(1, 100)'],
    ['loses rows', 'DELETE FROM changing'],
    ['gets a column', 'ALTER TABLE changing ADD extra int DEFAULT 7'],
    ['is of no concern to a new one', 'CREATE TABLE IF NOT EXISTS later (i int)'],
  ])('is dumped as it was at the snapshot when it %s', async (_, change) => {
    const bytes = await dumpAfter(change)
    const rows: number[] = []
    const walker = new ArchiveWalker({ countRows: true, onTable: (table) => rows.push(table.rows) })
    walker.end(bytes)
    await buffer(walker)
    expect(rows).toContain(500)
  })
})

async function psql(pg: TestPostgres, database: string, args: string[]): Promise<void> {
  const address = ['--host', pg.socketDir, '--port', String(pg.port), '--username', 'postgres', '--no-psqlrc']
  const all = [...address, '--quiet', '--set=ON_ERROR_STOP=1', ...args, database]
  await promisify(execFile)('/usr/lib/postgresql/15/bin/psql', all)
}
