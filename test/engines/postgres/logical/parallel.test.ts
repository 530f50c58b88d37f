import { logical } from '@/lib/engines/postgres/logical/method'
import { toSql } from '@/lib/engines/postgres/logical/export/to-sql'
import { execFileSync } from 'node:child_process'
import { rm } from 'node:fs/promises'
import { createWriteStream } from 'node:fs'
import { pipeline } from 'node:stream/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sandboxFolders } from '@/lib/sandbox/folders'
import type { ManifestPart } from '@/lib/contracts/repository/manifest'
import { type PlainBackup, takeBackup } from '@/test/helpers/databases/engine-backup'
import { startPostgres, type TestPostgres } from '@/test/helpers/servers/postgres'
import { contentDigest, nastyDatabase } from '@/test/helpers/databases/postgres-content'
import { makeTestRun, nothing } from '@/test/helpers/run-context'
import { tempDir } from '@/test/helpers/temp'
import { tablesOf } from '@/lib/engines/postgres/logical/archive/parts'

describe('a database that is backed up in several streams', () => {
  let pg: TestPostgres
  let dir: Awaited<ReturnType<typeof tempDir>>
  let backup: PlainBackup
  let before: Record<string, string>
  const source = (options: Record<string, unknown> = {}) => {
    const plain = pg.source({ connection: { database: 'many' } })
    return { ...plain, options: { ...plain.options, parallelism: 3, ...options } }
  }

  beforeAll(async () => {
    dir = await tempDir('parallel')
    pg = await startPostgres()
    await pg.sql('CREATE DATABASE many')
    await nastyDatabase(await pg.connect('many'))
    await pg.sql(
      `CREATE SCHEMA "odd.schema";
       CREATE TABLE "odd.schema"."a*b""c|d" AS SELECT g AS id, repeat('x', 100) AS t FROM generate_series(1, 20000) g;
       CREATE TABLE customer (id int PRIMARY KEY, name text NOT NULL);
       CREATE TABLE product (id serial PRIMARY KEY, price numeric CHECK (price >= 0));
       CREATE TABLE sale (id bigserial PRIMARY KEY, customer int REFERENCES customer, product int REFERENCES product);
       CREATE TABLE sale_note (sale bigint REFERENCES sale ON DELETE CASCADE, note text);
       CREATE INDEX ON sale (customer);
       INSERT INTO customer SELECT g, 'customer ' || g FROM generate_series(1, 3000) g;
       INSERT INTO product (price) SELECT g FROM generate_series(1, 500) g;
       INSERT INTO sale (customer, product) SELECT 1 + g % 3000, 1 + g % 500 FROM generate_series(1, 30000) g;
       INSERT INTO sale_note SELECT g, 'note ' || g FROM generate_series(1, 9000) g;`,
      'many',
    )
    await pg.sql('VACUUM ANALYZE', 'many')
    before = await contentDigest(await pg.connect('many'))
    backup = await takeBackup(logical, source(), dir.path, makeTestRun())
  })
  afterAll(async () => {
    await pg?.close()
    await Promise.all(sandboxFolders(`${dir.path}/s`).map((folder) => rm(folder, { recursive: true, force: true })))
    await dir?.remove()
  })

  const restore = (database: string, only?: { schemas: string[]; tables: { schema: string; name: string }[] }) => {
    const opened: ManifestPart[] = []
    const open: PlainBackup['open'] = (part, run) => {
      opened.push(part)
      return backup.open(part, run)
    }
    const target = { source: pg.source(), database, owners: 'keep' as const, only }
    const checked: string[] = []
    const check: PlainBackup['check'] = async (parts) => void checked.push(...parts.map((part) => part.file))
    return logical
      .restore({ manifest: backup.manifest, open, check, target, keepOut: nothing }, makeTestRun())
      .then(({ warnings }) => ({ warnings, opened: opened.map((part) => part.file), checked }))
  }

  it('puts the rows of each table into one part, and all that nobody names into the archive', () => {
    expect(backup.manifest.parts.map((part) => part.role)).toEqual(['globals', 'archive', 'data', 'data'])
    const named = backup.manifest.parts.flatMap((part) => tablesOf(part)).map(({ name }) => name)
    expect(named).toContain('a*b"c|d')
    expect(new Set(named).size).toBe(named.length)
  })

  it('comes back with the same content', async () => {
    const { warnings, checked } = await restore('whole')
    expect(warnings).toEqual([])
    expect(checked).toHaveLength(4)
    expect(await contentDigest(await pg.connect('whole'))).toEqual(before)
  })

  it('passes the comprehensive restore test with every table of every part', async () => {
    const proof = await logical.prove(
      {
        manifest: backup.manifest,
        open: backup.open,
        level: 'comprehensive',
        sandbox: { root: `${dir.path}/s`, keepOut: nothing },
      },
      makeTestRun(),
    )
    expect(proof.checks.filter((check) => check.verdict !== 'passed')).toEqual([])
    const [{ count }] = (await pg.sql(
      `SELECT count(*)::int AS count FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE relkind = 'r' AND nspname !~ '^pg_' AND nspname <> 'information_schema'`,
      'many',
    )) as [{ count: number }]
    expect(proof.evidence.tables).toBe(count)
  })

  it('fails a restore test when a part is missing its rows', async () => {
    const part = backup.manifest.parts.find(({ role }) => role === 'data') as ManifestPart
    const other = backup.manifest.parts.filter(({ role }) => role === 'data')[1] as ManifestPart
    const swapped: PlainBackup['open'] = (asked, run) => backup.open(asked.file === part.file ? other : asked, run)
    const proof = await logical.prove(
      {
        manifest: backup.manifest,
        open: swapped,
        level: 'standard',
        sandbox: { root: `${dir.path}/s`, keepOut: nothing },
      },
      makeTestRun(),
    )
    expect(proof.checks.some((check) => check.verdict === 'failed')).toBe(true)
  })

  it('makes one script of all parts', async () => {
    const file = `${dir.path}/all.sql`
    const { stream, finished } = toSql(backup, makeTestRun())
    await Promise.all([pipeline(stream, createWriteStream(file)), finished])
    await pg.sql('CREATE DATABASE scripted TEMPLATE template0')
    execFileSync('/usr/lib/postgresql/15/bin/psql', ['-Xq', '-v', 'ON_ERROR_STOP=1', '-f', file, '-d', 'scripted'], {
      env: { ...process.env, PGHOST: pg.socketDir, PGPORT: String(pg.port), PGUSER: 'postgres' },
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    expect(await contentDigest(await pg.connect('scripted'))).toEqual(before)
  })

  it('restores each table of a schema with foreign keys by itself, with its rows and what belongs to it', async () => {
    for (const name of ['customer', 'product', 'sale', 'sale_note']) {
      const { warnings } = await restore(`only_${name}`, { schemas: [], tables: [{ schema: 'public', name }] })
      const digest = `SELECT md5(string_agg(t::text, ',' ORDER BY t::text)) AS md5, count(*)::int AS rows FROM ${name} t`
      expect(await pg.sql(digest, `only_${name}`)).toEqual(await pg.sql(digest, 'many'))
      const indexes = `SELECT indexname::text FROM pg_indexes WHERE tablename = '${name}' ORDER BY 1`
      expect(await pg.sql(indexes, `only_${name}`)).toEqual(await pg.sql(indexes, 'many'))
      const tables = await pg.sql(
        `SELECT tablename::text AS name FROM pg_tables WHERE schemaname = 'public'`,
        `only_${name}`,
      )
      expect(tables).toEqual([{ name }])
      if (name.startsWith('sale')) expect(warnings.join()).toContain('FK CONSTRAINT')
    }
    const next = await pg.sql(`SELECT nextval('product_id_seq')::int AS id`, 'only_product')
    expect(next).toEqual([{ id: 501 }])
  })

  it('restores tables that belong together with the foreign keys between them', async () => {
    const tables = ['customer', 'product', 'sale'].map((name) => ({ schema: 'public', name }))
    const { warnings } = await restore('together', { schemas: [], tables })
    expect(warnings.join()).not.toContain('sale_customer_fkey')
    const keys = await pg.sql(
      `SELECT conname::text AS name FROM pg_constraint WHERE contype = 'f' ORDER BY 1`,
      'together',
    )
    expect(keys).toEqual([{ name: 'sale_customer_fkey' }, { name: 'sale_product_fkey' }])
  })

  it('reads only the parts that hold the table', async () => {
    const part = backup.manifest.parts.find((each) => tablesOf(each).some(({ name }) => name === 'a*b"c|d'))
    const { checked } = await restore('odd', {
      schemas: [],
      tables: [{ schema: 'odd.schema', name: 'a*b"c|d' }],
    })
    expect(checked).toEqual([part?.file, 'globals.sql'])
    expect(await pg.sql('SELECT count(*)::int AS rows FROM "odd.schema"."a*b""c|d"', 'odd')).toEqual([{ rows: 20000 }])
  })

  it('restores a schema, and refuses one that is not there before it creates anything', async () => {
    await restore('schema_only', { schemas: ['odd.schema'], tables: [] })
    expect(await pg.sql('SELECT count(*)::int AS rows FROM "odd.schema"."a*b""c|d"', 'schema_only')).toEqual([
      { rows: 20000 },
    ])
    await expect(restore('nothing', { schemas: ['nope'], tables: [] })).rejects.toMatchObject({
      code: 'selection-empty',
    })
    expect(await pg.sql(`SELECT 1 FROM pg_database WHERE datname LIKE 'nothing%'`)).toEqual([])
  })

  it('gives up clearly when one of the large tables is locked (fault 6)', async () => {
    const locker = await pg.connect('many')
    await locker.query('BEGIN; LOCK TABLE sale IN ACCESS EXCLUSIVE MODE')
    try {
      const begun = logical.begin(source({ lockTimeoutMs: 200 }), makeTestRun())
      await expect(begun).rejects.toMatchObject({ code: 'lock-timeout', transient: true })
      await expect(begun).rejects.toThrow(/public\.sale/)
    } finally {
      await locker.query('ROLLBACK')
    }
  })

  it('is one stream when connections are few, or when it has to be gentle', async () => {
    for (const options of [{ maxConnections: 3 }, { gentle: true }]) {
      const session = await logical.begin(source(options), makeTestRun())
      expect(session.parts.map((part) => part.role)).toEqual(['globals', 'archive'])
      await session.close()
    }
  })
})
