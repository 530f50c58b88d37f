import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, copyFileSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sqlite } from '@/lib/engines/sqlite/engine'
import { readerScript } from '@/lib/engines/sqlite/reader/reader-script'
import { copiedSchema } from '@/lib/engines/sqlite/reader/answers'
import { askReader } from '@/lib/engines/sqlite/reader/ask-reader'
import { snapshot } from '@/lib/engines/sqlite/snapshot/method'
import { takeBackup } from '@/test/helpers/databases/engine-backup'
import { makeAccounts, movedIn, rightState, startWriter, stateOf } from '@/test/helpers/databases/sqlite-writer'
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
  dir = await tempDir('sqlite-backup')
})
afterAll(() => dir.remove())

/** A program that holds a lock until it is killed. */
async function holdLock(file: string, sql: string) {
  const child = spawn(
    process.execPath,
    [
      '-e',
      `const { DatabaseSync } = require('node:sqlite'); const d = new DatabaseSync(process.argv[1]); d.exec(process.argv[2]); console.log('held'); setInterval(() => d, 1000)`,
      '--',
      file,
      sql,
    ],
    { stdio: ['ignore', 'pipe', 'ignore'] },
  )
  await once(child.stdout, 'data')
  return async () => {
    const ended = once(child, 'exit')
    child.kill('SIGKILL')
    await ended
  }
}

describe.each(['WAL', 'DELETE'] as const)('while another program commits all the time in mode %s', (mode) => {
  it('copies a state that was', async () => {
    const file = path.join(newFolder(), 'app.db')
    makeAccounts(file, mode, 1_500)
    const writer = await startWriter(file)
    try {
      for (let round = 0; round < 2; round += 1) {
        const folder = newFolder()
        const before = movedIn(file)
        const backup = await takeBackup(snapshot, makeSqliteSource(file), folder, makeTestRun())
        const after = movedIn(file)
        const copy = path.join(folder, 'database.sqlite')
        expect(stateOf(copy)).toBe(rightState)
        expect(movedIn(copy)).toBeGreaterThanOrEqual(before)
        expect(movedIn(copy)).toBeLessThanOrEqual(after)
        expect(after).toBeGreaterThan(before)
        expect(backup.warnings).toEqual([])
        const { checks } = await snapshot.prove(
          { ...backup, level: 'comprehensive', sandbox: { root: path.join(dir.path, 'sandboxes'), keepOut: nothing } },
          makeTestRun(),
        )
        expect(checks.filter(({ verdict }) => verdict !== 'passed')).toEqual([])
      }
    } finally {
      await writer.stop()
    }
  }, 120_000)
})

it('has the rows that are only in the WAL, which a copy of the file alone loses', async () => {
  const folder = newFolder()
  const file = path.join(folder, 'app.db')
  sqlite3(file, 'PRAGMA journal_mode = WAL; CREATE TABLE t (a)')
  const sql = `PRAGMA wal_autocheckpoint = 0; WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5000) INSERT INTO t SELECT i FROM n`
  const release = await holdLock(file, sql)
  try {
    const alone = path.join(newFolder(), 'alone.db')
    copyFileSync(file, alone)
    const to = newFolder()
    await takeBackup(snapshot, makeSqliteSource(file), to, makeTestRun())
    expect(sqlite3(alone, 'SELECT count(*) FROM t')).toBe('0\n')
    expect(sqlite3(path.join(to, 'database.sqlite'), 'SELECT count(*) FROM t')).toBe('5000\n')
  } finally {
    await release()
  }
})

it('has the pages of the source, free ones and all', async () => {
  const file = path.join(newFolder(), 'app.db')
  sqlite3(file, 'CREATE TABLE t (a, b); INSERT INTO t SELECT value, randomblob(900) FROM generate_series(1, 900)')
  sqlite3(file, 'DELETE FROM t WHERE a BETWEEN 5 AND 500')
  const to = newFolder()
  await takeBackup(snapshot, makeSqliteSource(file), to, makeTestRun())
  const [source, copy] = [file, path.join(to, 'database.sqlite')].map((name) => readFileSync(name))
  // The header has counters that each file has for itself.
  expect(copy?.subarray(100).equals(source?.subarray(100) ?? Buffer.alloc(0))).toBe(true)
  expect(Number(sqlite3(file, 'PRAGMA freelist_count'))).toBeGreaterThan(50)
})

it('leaves source and scratch folder as they were', async () => {
  const folder = newFolder()
  const file = path.join(folder, 'app.db')
  makeAccounts(file, 'WAL', 1)
  const before = digestOf(file)
  const scratch = path.join(newFolder(), 'scratch')
  const session = await snapshot.begin(makeSqliteSource(file), makeTestRun(), { scratch })
  expect(readdirSync(scratch)).toHaveLength(1)
  expect(statSync(path.join(scratch, readdirSync(scratch)[0] ?? '')).mode & 0o777).toBe(0o700)
  await session.close()
  expect(readdirSync(scratch)).toEqual([])
  expect(readdirSync(folder)).toEqual(['app.db'])
  expect(digestOf(file)).toEqual(before)
})

it('removes copies that a worker left which died, and no others', async () => {
  const file = path.join(newFolder(), 'app.db')
  makeAccounts(file, 'WAL', 1)
  const scratch = newFolder()
  const running = await snapshot.begin(makeSqliteSource(file), makeTestRun(), { scratch })
  const [mine = ''] = readdirSync(scratch)
  const dead = execFileSync('sh', ['-c', 'echo $$'], { encoding: 'utf8' }).trim()
  mkdirSync(path.join(scratch, mine.replace(`-${process.pid}-`, `-${dead}-`)))
  mkdirSync(path.join(scratch, mine.replace(/-[^-]+$/, '-before')))
  mkdirSync(path.join(scratch, 'other'))
  const next = await snapshot.begin(makeSqliteSource(file), makeTestRun(), { scratch })
  expect(readdirSync(scratch)).toHaveLength(3)
  expect(readdirSync(scratch)).toEqual(expect.arrayContaining([mine, 'other']))
  await running.close()
  await next.close()
})

it('gives up on a locked database within the time of the source', async () => {
  const file = path.join(newFolder(), 'app.db')
  makeAccounts(file, 'DELETE', 1)
  const release = await holdLock(file, 'BEGIN EXCLUSIVE')
  const source = makeSqliteSource(file, { lockTimeoutMs: 300 })
  const started = performance.now()
  try {
    await expect(snapshot.begin(source, makeTestRun())).rejects.toMatchObject({ code: 'lock-timeout', transient: true })
    expect(performance.now() - started).toBeLessThan(10_000)
    expect(await sqlite.inspect(source, makeTestRun())).toMatchObject({ ok: false, error: { code: 'lock-timeout' } })
  } finally {
    await release()
  }
  await (await snapshot.begin(source, makeTestRun())).close()
})

it('gives up on a copy for which writers would wait longer than they may', async () => {
  const file = path.join(newFolder(), 'app.db')
  makeAccounts(file, 'DELETE', 40_000)
  const scratch = newFolder()
  const begun = snapshot.begin(makeSqliteSource(file, { writersMayWaitMs: 100 }), makeTestRun(), { scratch })
  await expect(begun).rejects.toMatchObject({ code: 'lock-timeout', facts: { writersMayWaitMs: 100 } })
  expect(readdirSync(scratch)).toEqual([])
  // The lock went with the process that held it.
  sqlite3(file, 'UPDATE account SET amount = 1')
  sqlite3(file, 'PRAGMA journal_mode = WAL')
  await (await snapshot.begin(makeSqliteSource(file, { writersMayWaitMs: 100 }), makeTestRun(), { scratch })).close()
}, 60_000)

describe('what is no database that can be read', () => {
  const cases: [string, string, (file: string) => void][] = [
    ['a missing file', 'no-such-database', () => undefined],
    ['a folder', 'not-a-database', (file) => mkdirSync(file)],
    ['a pipe', 'not-a-database', (file) => execFileSync('mkfifo', [file])],
    ['an empty file', 'not-a-database', (file) => writeFileSync(file, '')],
    ['another kind of file', 'not-a-database', (file) => writeFileSync(file, 'words'.repeat(100))],
    ['an encrypted file', 'not-a-database', (file) => writeFileSync(file, crypto.getRandomValues(Buffer.alloc(8192)))],
    [
      'a file of which only the header is right',
      'not-a-database',
      (file) => writeFileSync(file, Buffer.concat([Buffer.from('SQLite format 3\0'), Buffer.alloc(8176, 0xa5)])),
    ],
    [
      'a file that was cut',
      'database-damaged',
      (file) => {
        makeAccounts(file, 'DELETE', 100)
        execFileSync('truncate', ['--size=20480', file])
      },
    ],
  ]
  it.each(cases)('%s is %s to the test of the connection and to a backup', async (_, code, make) => {
    const file = path.join(newFolder(), 'app.db')
    make(file)
    const source = makeSqliteSource(file)
    await expect(snapshot.begin(source, makeTestRun())).rejects.toMatchObject({ code, remedy: expect.any(String) })
    if (code === 'database-damaged') return
    expect(await sqlite.inspect(source, makeTestRun())).toMatchObject({ ok: false, error: { code } })
  })
})

describe.runIf(process.getuid?.() === 0)('as a user without rights', () => {
  /** The reader alone, as a user that owns nothing. */
  const read = (file: string) => {
    const question = JSON.stringify({ do: 'inspect', path: file, timeoutMs: 100 })
    const args = ['--reuid', '65534', '--regid', '65534', '--clear-groups', process.execPath]
    const told = execFileSync('setpriv', [...args, '-e', readerScript, '--', question], {
      encoding: 'utf8',
      stdio: 'pipe',
    })
    return JSON.parse(told)
  }

  it('reads a database in WAL mode that another program has open', async () => {
    chmodSync(dir.path, 0o777)
    const file = path.join(newFolder(), 'app.db')
    makeAccounts(file, 'WAL', 1)
    chmodSync(file, 0o644)
    const release = await holdLock(file, 'INSERT INTO filler VALUES (1)')
    try {
      expect(read(file)).toMatchObject({ ok: { wal: true, writable: false } })
    } finally {
      await release()
    }
  })

  it('is told why, and makes no files beside a database whose writers could not open them', () => {
    chmodSync(dir.path, 0o777)
    const folder = newFolder()
    const file = path.join(folder, 'app.db')
    makeAccounts(file, 'WAL', 1)
    chmodSync(folder, 0o777)
    chmodSync(file, 0o644)
    expect(read(file)).toMatchObject({ failed: { errcode: 14 } })
    expect(readdirSync(folder)).toEqual(['app.db'])
    chmodSync(file, 0o600)
    expect(read(file)).toMatchObject({ failed: { code: 'EACCES' } })
    chmodSync(file, 0o644)
    sqlite3(file, 'PRAGMA journal_mode = DELETE')
    expect(read(file)).toMatchObject({ ok: { writable: false } })
  })
})

it('tells what it found, and what is worth knowing of it', async () => {
  const file = path.join(newFolder(), 'app.db')
  makeAccounts(file, 'DELETE', 10)
  const plain = await sqlite.inspect(makeSqliteSource(file), makeTestRun())
  expect(plain).toMatchObject({ ok: true, tableCount: 3, databaseBytes: statSync(file).size })
  expect(plain.findings.map(({ code }) => code)).toEqual(['not-in-wal-mode'])
  sqlite3(file, 'PRAGMA journal_mode = WAL')
  const release = await holdLock(file, 'PRAGMA wal_autocheckpoint = 0; INSERT INTO filler VALUES (zeroblob(2000000))')
  try {
    const { findings } = await sqlite.inspect(makeSqliteSource(file), makeTestRun())
    expect(findings.map(({ code }) => code)).toEqual(['wal-larger-than-database'])
  } finally {
    await release()
  }
})

it('copies beyond the page at one gibibyte, which SQLite leaves out for its locks', async () => {
  const file = path.join(newFolder(), 'large.db')
  sqlite3(file, 'PRAGMA page_size = 65536; CREATE TABLE t (a)')
  sqlite3(file, 'PRAGMA synchronous = OFF; INSERT INTO t SELECT zeroblob(36000000) FROM generate_series(1, 30)')
  expect(statSync(file).size).toBeGreaterThan(2 ** 30)
  sqlite3(file, "INSERT INTO t VALUES ('behind it')")
  const to = path.join(newFolder(), 'copy.db')
  await askReader({ do: 'copy', path: file, to, timeoutMs: 1_000 }, copiedSchema, makeTestRun())
  // Header fields of the copy are its own: the change counter.
  expect(statSync(to).size).toBe(statSync(file).size)
  expect(sqlite3(to, "SELECT a FROM t WHERE typeof(a) = 'text'; PRAGMA quick_check")).toBe('behind it\nok\n')
}, 120_000)
