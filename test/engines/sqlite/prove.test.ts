import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { Readable } from 'node:stream'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Check } from '@/lib/contracts/backup'
import { snapshot } from '@/lib/engines/sqlite/snapshot/method'
import { type PlainBackup, takeBackup } from '@/test/helpers/databases/engine-backup'
import { digestOf, makeSqliteSource, sqlite3 } from '@/test/helpers/engines/sqlite'
import { makeTestRun, nothing } from '@/test/helpers/run-context'
import { tempDir } from '@/test/helpers/temp'

let dir: Awaited<ReturnType<typeof tempDir>>
let made = 0
const newFolder = () => {
  const folder = path.join(dir.path, String((made += 1)))
  mkdirSync(folder)
  return folder
}

beforeAll(async () => {
  dir = await tempDir('sqlite-prove')
})
afterAll(() => dir.remove())

async function backupOf(sql: string): Promise<PlainBackup & { copy: string }> {
  const file = path.join(newFolder(), 'app.db')
  sqlite3(file, sql)
  return backupOfFile(file)
}
async function backupOfFile(file: string) {
  const folder = newFolder()
  const backup = await takeBackup(snapshot, makeSqliteSource(file), folder, makeTestRun())
  return { ...backup, copy: path.join(folder, 'database.sqlite') }
}

const prove = (
  { manifest, open }: Pick<PlainBackup, 'manifest' | 'open'>,
  level: 'standard' | 'comprehensive' = 'comprehensive',
  expectations: Record<string, unknown> = {},
) =>
  snapshot.prove(
    { manifest, open, level, expectations, sandbox: { root: path.join(dir.path, 'sandboxes'), keepOut: nothing } },
    makeTestRun(),
  )
const bad = (checks: Check[]) => checks.filter(({ verdict }) => verdict !== 'passed')

/** The backup with other bytes. `signed`: the manifest says that they are right. */
function withBytes({ manifest }: PlainBackup, bytes: Buffer, signed: boolean) {
  const sourceSha256 = createHash('sha256').update(bytes).digest('hex')
  const [part] = manifest.parts
  if (!part) throw new Error('no part')
  const told = signed ? { ...part, sourceBytes: bytes.length, sourceSha256 } : part
  return { manifest: { ...manifest, parts: [told] }, open: async () => Readable.from([bytes]) }
}

/** What the sqlite3 program says: its digest, or null when it finds the file damaged. */
function judge(file: string): string | null {
  try {
    const told = JSON.stringify(digestOf(file))
    return sqlite3(file, 'PRAGMA integrity_check') === 'ok\n' ? told : null
  } catch {
    return null
  }
}

const pageBytes = 4096
const everyKindOfPage = `
  PRAGMA page_size = ${pageBytes}; PRAGMA journal_mode = WAL;
  CREATE TABLE item (id INTEGER PRIMARY KEY, name TEXT, size REAL);
  INSERT INTO item SELECT value, 'item ' || value, value / 7.0 FROM generate_series(1, 2000);
  CREATE INDEX item_name ON item (name);
  CREATE TABLE large (bytes BLOB);
  INSERT INTO large SELECT randomblob(20000) FROM generate_series(1, 3);
  CREATE TABLE gone (bytes BLOB);
  INSERT INTO gone SELECT randomblob(3000) FROM generate_series(1, 50);
  CREATE VIEW small AS SELECT * FROM item WHERE size < 1;
  DROP TABLE gone;`

describe('bytes that are not those of the source', () => {
  let backup: Awaited<ReturnType<typeof backupOf>>
  let whole: Buffer
  let right: string | null
  const damages: [string, (bytes: Buffer) => Buffer][] = []
  const flip = (at: number) => (bytes: Buffer) => {
    bytes.writeUInt8(bytes.readUInt8(at) ^ 0x41, at)
    return bytes
  }
  const fields = {
    magic: 3,
    'page size': 16,
    'change counter': 27,
    'size in pages': 31,
    'first free page': 35,
    encoding: 59,
  }
  for (const [name, at] of Object.entries(fields)) damages.push([`the ${name} of the header`, flip(at)])
  damages.push(['the schema', flip(pageBytes - 60)], ['cells of the schema', flip(105)])
  for (let page = 1; page < 60; page += 4)
    damages.push([`page ${page + 1}`, flip(page * pageBytes + ((page * 997) % pageBytes))])
  for (let page = 2; page < 40; page += 9) damages.push([`the head of page ${page + 1}`, flip(page * pageBytes + 3)])
  damages.push(
    ['a cut in the middle', (bytes) => bytes.subarray(0, bytes.length / 2)],
    ['a cut of the last page', (bytes) => bytes.subarray(0, bytes.length - pageBytes)],
    ['a cut of the last byte', (bytes) => bytes.subarray(0, bytes.length - 1)],
    ['nothing but the header', (bytes) => bytes.subarray(0, 100)],
    ['no byte', (bytes) => bytes.subarray(0, 0)],
    [
      'two pages that changed places',
      (bytes) =>
        Buffer.concat([
          bytes.subarray(0, pageBytes * 3),
          bytes.subarray(pageBytes * 4, pageBytes * 5),
          bytes.subarray(pageBytes * 3, pageBytes * 4),
          bytes.subarray(pageBytes * 5),
        ]),
    ],
  )

  beforeAll(async () => {
    backup = await backupOf(everyKindOfPage)
    whole = readFileSync(backup.copy)
    right = judge(backup.copy)
    expect(right).not.toBeNull()
  })

  it.each(damages)('%s: never proven where sqlite3 finds damage or another content', async (_, damage) => {
    const bytes = damage(Buffer.from(whole))
    const file = path.join(newFolder(), 'damaged.db')
    writeFileSync(file, bytes)
    const { checks } = await prove(withBytes(backup, bytes, true))
    const judged = judge(file)
    if (judged !== right) expect(bad(checks)).not.toEqual([])
    // And whatever SQLite says, bytes that are not those that were stored are no backup.
    const unsigned = await prove(withBytes(backup, bytes, false), 'standard')
    expect(unsigned.checks.map(({ name, verdict }) => [name, verdict])).toEqual([['archive-readable', 'failed']])
  })

  it('are found where only a value differs', async () => {
    const other = await backupOf(
      everyKindOfPage.replace("'item ' || value", "iif(value = 77, 'ITEM 77', 'item ' || value)"),
    )
    const { checks } = await prove(withBytes(backup, readFileSync(other.copy), true))
    const [part] = backup.manifest.parts
    expect(bad(checks).map(({ name }) => name)).toEqual(['content-hashes'])
    expect(bad(checks)[0]?.detail).toContain('item')
    expect(part?.facts).toMatchObject({ path: 'app.db' })
  })

  it('are found where rows, tables or definitions are others', async () => {
    const names = async (sql: string) => {
      const other = await backupOf(everyKindOfPage + sql)
      return bad((await prove(withBytes(backup, readFileSync(other.copy), true), 'standard')).checks).map(
        ({ name }) => name,
      )
    }
    expect(await names('DELETE FROM item WHERE id = 5;')).toEqual(['row-counts'])
    expect(await names('DROP TABLE large;')).toEqual(['object-inventory', 'row-counts'])
    expect(await names('DROP VIEW small;')).toEqual(['object-inventory'])
    expect(await names('DROP INDEX item_name; CREATE INDEX item_name ON item (name DESC);')).toEqual([
      'object-inventory',
    ])
    expect(await names('PRAGMA user_version = 3;')).toEqual(['object-inventory'])
  })
})

it('is right about every kind of value and table', async () => {
  const backup = await backupOf(`
    CREATE TABLE v (a, b AS (a || 'x'), c AS (length(a)) STORED, "sel""ect" DEFAULT 1);
    INSERT INTO v (a) VALUES (9223372036854775807), (-9007199254740993), (9e999), (-9e999), (-0.0), (1e-320), (NULL), (''),
      (x''), (x'00ff00'), ('a' || char(0) || 'b'), (CAST(x'ff00fe' AS TEXT)), (zeroblob(100000)), ('1'), (1), (1.0);
    CREATE TABLE hides (rowid TEXT, oid INT, _rowid_ BLOB); INSERT INTO hides VALUES ('r', 1, x'01');
    CREATE TABLE bare (k TEXT PRIMARY KEY, v ANY) STRICT, WITHOUT ROWID; INSERT INTO bare VALUES ('k', x'00');
    CREATE VIRTUAL TABLE words USING fts5(text); INSERT INTO words VALUES ('find me');
    CREATE VIRTUAL TABLE places USING rtree(id, x0, x1); INSERT INTO places VALUES (1, 0, 1);
    CREATE TABLE numbered (id INTEGER PRIMARY KEY AUTOINCREMENT); INSERT INTO numbered VALUES (41);
    CREATE TABLE "a table; with 'quotes' and ""marks""" ("%_" INT); INSERT INTO "a table; with 'quotes' and ""marks""" VALUES (3);
    CREATE TABLE wide (${Array.from({ length: 1_200 }, (_, i) => `c${i}`).join(', ')}); INSERT INTO wide (c0, c1199) VALUES (1, 2);
    ANALYZE;`)
  expect(backup.warnings).toEqual([])
  const { checks, evidence } = await prove(backup)
  expect(bad(checks)).toEqual([])
  expect(evidence).toMatchObject({ warnings: [], sandboxVersion: expect.stringMatching(/^3\./) })
})

/** Pairs that look alike where types or bytes are not looked at. */
const pairs: [string, string, string][] = [
  ['a number and its text', '1', "'1'"],
  ['an integer and the same real', '1', '1.0'],
  ['text and the same bytes', "'ab'", "x'6162'"],
  ['what follows a NUL', "'a' || char(0) || 'b'", "'a' || char(0) || 'c'"],
  ['bytes that are no text', "CAST(x'ff' AS TEXT)", "CAST(x'fe' AS TEXT)"],
  ['integers beyond 2^53', '9007199254740993', '9007199254740992'],
  ['nothing and empty text', 'NULL', "''"],
  ['empty text and empty bytes', "''", "x''"],
  ['infinities', '9e999', '-9e999'],
]
it.each(pairs)('tells %s apart', async (_, one, other) => {
  const make = (value: string) => backupOf(`CREATE TABLE t (a); INSERT INTO t VALUES (${value})`)
  const backup = await make(one)
  const { checks } = await prove(withBytes(backup, readFileSync((await make(other)).copy), true))
  expect(bad(checks).map(({ name }) => name)).toEqual(['content-hashes'])
})

it('tells where a value of one column ends and the next begins', async () => {
  const make = (a: string, b: string) => backupOf(`CREATE TABLE t (a, b); INSERT INTO t VALUES ('${a}', '${b}')`)
  const backup = await make('ab', 'c')
  const { checks } = await prove(withBytes(backup, readFileSync((await make('a', 'bc')).copy), true))
  expect(bad(checks).map(({ name }) => name)).toEqual(['content-hashes'])
})

it('does not call rows damage that break a foreign key in the source already', async () => {
  const backup = await backupOf(`CREATE TABLE p (id INTEGER PRIMARY KEY); CREATE TABLE c (p REFERENCES p (id));
    INSERT INTO c VALUES (1), (2); CREATE TABLE m (x REFERENCES p (absent)); INSERT INTO m VALUES (1)`)
  expect(bad((await prove(backup)).checks)).toEqual([])
  const other = await backupOf(`CREATE TABLE p (id INTEGER PRIMARY KEY); CREATE TABLE c (p REFERENCES p (id));
    INSERT INTO c VALUES (NULL), (2); CREATE TABLE m (x REFERENCES p (absent)); INSERT INTO m VALUES (1)`)
  const { checks } = await prove(withBytes(other, readFileSync(backup.copy), true), 'standard')
  expect(bad(checks).map(({ name }) => name)).toEqual(['foreign-keys'])
})

it('says that the source is damaged, in the backup and as a failed check', async () => {
  const file = path.join(newFolder(), 'app.db')
  sqlite3(file, 'CREATE TABLE t (a UNIQUE, b); INSERT INTO t SELECT value, value FROM generate_series(1, 100)')
  // The index says something else than its table.
  const root = Number(sqlite3(file, "SELECT rootpage FROM sqlite_schema WHERE type = 'index'"))
  const bytes = readFileSync(file)
  bytes.writeUInt8(bytes.readUInt8(root * pageBytes - 2) ^ 1, root * pageBytes - 2)
  writeFileSync(file, bytes)
  expect(sqlite3(file, 'PRAGMA integrity_check')).not.toBe('ok\n')
  const backup = await backupOfFile(file)
  expect(backup.warnings).toEqual([expect.stringContaining('itself is damaged')])
  const { checks } = await prove(backup)
  expect(bad(checks)).toMatchObject([{ name: 'integrity-check', detail: expect.stringContaining('as in the source') }])
})

describe('a schema that was made to attack', () => {
  it('runs no code of views and triggers, and costs no more than its rows', async () => {
    const backup = await backupOf(`
      CREATE TABLE t (a); INSERT INTO t VALUES (1);
      CREATE VIEW loads AS SELECT load_extension('/tmp/evil');
      CREATE VIEW endless AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n;
      CREATE TRIGGER writes AFTER INSERT ON t BEGIN SELECT writefile('/tmp/holdfast-evil', 'x'); END;`)
    const { checks } = await prove(backup)
    expect(bad(checks)).toEqual([])
    const asked = await prove(backup, 'comprehensive', {
      assertions: [
        { name: 'extension', sql: 'SELECT * FROM loads', expected: '1' },
        { name: 'writing', sql: 'DELETE FROM t RETURNING 1', expected: '1' },
        { name: 'another file', sql: "ATTACH '/etc/passwd' AS other", expected: '1' },
      ],
    })
    expect(bad(asked.checks).map(({ name, verdict }) => [name, verdict])).not.toContainEqual([
      'sql-assertion',
      'passed',
    ])
    expect(bad(asked.checks)).toHaveLength(3)
  })

  it('with definitions that are none is damaged', async () => {
    const file = path.join(newFolder(), 'app.db')
    sqlite3(
      file,
      "CREATE TABLE t (a); PRAGMA writable_schema = ON; UPDATE sqlite_schema SET sql = 'CREATE TABLE t (a' ",
    )
    const good = await backupOf('CREATE TABLE t (a)')
    const { checks } = await prove(withBytes(good, readFileSync(file), true))
    expect(bad(checks).map(({ name }) => name)).toEqual(['restores-without-errors'])
    await expect(backupOfFile(file)).rejects.toMatchObject({ code: 'database-damaged' })
  })

  it('with two tables on one page is damaged', async () => {
    const file = path.join(newFolder(), 'app.db')
    sqlite3(file, 'CREATE TABLE t (a); CREATE TABLE u (a); INSERT INTO t VALUES (1)')
    sqlite3(file, 'PRAGMA writable_schema = ON; UPDATE sqlite_schema SET rootpage = 2')
    const good = await backupOf('CREATE TABLE t (a); CREATE TABLE u (a); INSERT INTO t VALUES (1)')
    const { checks } = await prove(withBytes(good, readFileSync(file), true))
    expect(bad(checks).map(({ name }) => name)).toContain('integrity-check')
  })
})

it('names what needs a module, a collation or a function that is not here, and checks the rest', async () => {
  const file = path.join(newFolder(), 'app.db')
  sqlite3(file, 'CREATE TABLE t (a); INSERT INTO t VALUES (1); CREATE TABLE own (a); INSERT INTO own VALUES (2)')
  sqlite3(
    file,
    `PRAGMA writable_schema = ON;
     INSERT INTO sqlite_schema VALUES ('table', 'spell', 'spell', 0, 'CREATE VIRTUAL TABLE spell USING spellfix1');
     UPDATE sqlite_schema SET sql = 'CREATE TABLE own (a COLLATE of_the_application)' WHERE name = 'own'`,
  )
  const backup = await backupOfFile(file)
  expect(backup.warnings).toEqual(expect.arrayContaining([expect.stringContaining('spellfix1')]))
  const { checks, evidence } = await prove(backup)
  expect(bad(checks)).toEqual([])
  expect(evidence.warnings).toEqual(backup.warnings)
  const [part] = backup.manifest.parts
  expect(part?.facts).toMatchObject({
    tables: [
      { name: 't', rows: 1 },
      { name: 'own', rows: 1 },
    ],
  })
})

it('asks what the administrator wrote, and wants the critical tables filled', async () => {
  const backup = await backupOf(`CREATE TABLE t (a); INSERT INTO t VALUES (41), (1); CREATE TABLE none (a)`)
  const { checks } = await prove(backup, 'comprehensive', {
    criticalTables: ['t', 'none', 'nowhere'],
    assertions: [
      { name: 'right', sql: 'SELECT sum(a) FROM t', expected: '42' },
      { name: 'wrong', sql: 'SELECT count(*) FROM t', expected: '3' },
      { name: 'rows', sql: 'SELECT a FROM t', expected: '41' },
      { name: 'no row', sql: 'SELECT a FROM none', expected: '41' },
      { name: 'no question', sql: 'SELEC', expected: '' },
    ],
  })
  const own = checks.filter(({ name }) => ['critical-table', 'sql-assertion'].includes(name))
  expect(own.map(({ verdict, actual }) => [verdict, actual])).toEqual([
    ['passed', 2],
    ['failed', 0],
    ['failed', 'missing'],
    ['passed', '42'],
    ['failed', '2'],
    ['failed', 'more than one row'],
    ['failed', 'no row'],
    ['inconclusive', undefined],
  ])
})
