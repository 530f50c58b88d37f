import { execFileSync } from 'node:child_process'
import { createWriteStream, mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { pipeline } from 'node:stream/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { folderOf, isPattern, sqliteContract } from '@/lib/contracts/engines/sqlite'
import { findFiles } from '@/lib/engines/sqlite/connect/find-files'
import { sqlite } from '@/lib/engines/sqlite/engine'
import { pathOfPart } from '@/lib/engines/sqlite/snapshot/facts'
import { snapshot } from '@/lib/engines/sqlite/snapshot/method'
import { takeBackup } from '@/test/helpers/databases/engine-backup'
import { commandsOf } from '@/test/helpers/databases/hand-commands'
import { digestOf, makeSqliteSource, sqlite3 } from '@/test/helpers/engines/sqlite'
import { makeTestRun, nothing } from '@/test/helpers/run-context'
import { tempDir } from '@/test/helpers/temp'

let dir: Awaited<ReturnType<typeof tempDir>>
let root: string
/** Names that want quoting, below the folder of the pattern. */
const names = ['a.db', "it's $HOME.db", 'deep/er/ü "b" `c`.db', 'deep/line\nbreak.db', '-rf.db', 'same/a.db'].sort()
const source = () => makeSqliteSource(path.join(root, '**/*.db'))

beforeAll(async () => {
  dir = await tempDir('sqlite-pattern')
  root = path.join(dir.path, 'tenants [all]'.replace(' [all]', ' all'))
  for (const [index, name] of names.entries()) {
    mkdirSync(path.dirname(path.join(root, name)), { recursive: true })
    const mode = index % 2 ? 'WAL' : 'DELETE'
    sqlite3(
      path.join(root, name),
      `PRAGMA journal_mode = ${mode}; CREATE TABLE t (a); INSERT INTO t VALUES (${index}), ('${index}')`,
    )
  }
  writeFileSync(path.join(root, 'other.txt'), 'no database')
  writeFileSync(path.join(root, '.hidden.db'), 'no database')
})
afterAll(() => dir.remove())

const digests = (folder: string) => names.map((name) => digestOf(path.join(folder, name)))

it('is tested as a whole, and backed up with a part for each database', async () => {
  const inspection = await sqlite.inspect(source(), makeTestRun())
  expect(inspection).toMatchObject({ ok: true, tableCount: names.length })
  expect(inspection.findings[0]).toMatchObject({
    code: 'pattern-matches',
    message: expect.stringContaining('6 databases'),
  })
  const { manifest } = await takeBackup(snapshot, source(), path.join(dir.path, 'taken'), makeTestRun())
  expect(manifest.parts.map(({ facts }) => pathOfPart(facts))).toEqual(names)
  for (const { file } of manifest.parts) expect(file).toMatch(/^database-\d+\.sqlite$/)
  expect(manifest.measures).toEqual([
    { name: 'rows', of: 'items', unit: 'count', value: 2 * names.length },
    { name: 'tables', of: 'containers', unit: 'count', value: names.length },
    { name: 'files', of: 'containers', unit: 'count', value: names.length },
  ])
})

it('comes back into a new folder with its folders, and is proven', async () => {
  const backup = await takeBackup(snapshot, source(), path.join(dir.path, 'restored-from'), makeTestRun())
  const target = path.join(dir.path, 'new folder')
  const { manifest, open, check } = backup
  await snapshot.restore(
    { manifest, open, check, target: { source: source(), path: target }, keepOut: nothing },
    makeTestRun(),
  )
  expect(digests(target)).toEqual(digests(root))
  const { checks } = await snapshot.prove(
    {
      ...backup,
      level: 'comprehensive',
      expectations: {
        criticalTables: ['t'],
        assertions: [{ name: 'two', sql: 'SELECT count(*) FROM t', expected: '2' }],
      },
      sandbox: { root: path.join(dir.path, 'sandboxes'), keepOut: nothing },
    },
    makeTestRun(),
  )
  expect(checks.filter(({ verdict }) => verdict !== 'passed')).toEqual([])
  expect(checks.filter(({ name }) => name === 'sql-assertion')).toHaveLength(names.length)
})

it('is restored by hand, whatever the files are called', async () => {
  const folder = path.join(dir.path, 'by-hand')
  const { manifest } = await takeBackup(snapshot, source(), folder, makeTestRun())
  const script = ['set -o pipefail', ...commandsOf(manifest.howToRestore)].join('\n')
  execFileSync('bash', ['-ec', script], { cwd: folder, stdio: 'pipe' })
  expect(digests(path.join(folder, 'restored'))).toEqual(digests(root))
})

it('is one script for sqlite3, which makes each database again', async () => {
  const backup = await takeBackup(snapshot, source(), path.join(dir.path, 'sql'), makeTestRun())
  const form = snapshot.exports?.sql?.open(backup, makeTestRun())
  if (!form) throw new Error('there is no such form')
  const folder = path.join(dir.path, 'replayed')
  mkdirSync(folder)
  await Promise.all([pipeline(form.stream, createWriteStream(path.join(folder, 'all.sql'))), form.finished])
  execFileSync('bash', ['-ec', 'sqlite3 -bail < all.sql'], { cwd: folder })
  for (const [index, name] of names.entries()) {
    const rows = (file: string) => sqlite3(file, 'SELECT typeof(a), a FROM t; SELECT sql FROM sqlite_schema')
    expect(rows(path.join(folder, `database-${index + 1}.sqlite`))).toBe(rows(path.join(root, name)))
  }
})

it('ends with the file that cannot be read, and never without it', async () => {
  const bad = path.join(root, 'deep', 'bad.db')
  writeFileSync(bad, 'no database')
  try {
    const failure = { code: 'not-a-database', message: expect.stringContaining(bad) }
    await expect(snapshot.begin(source(), makeTestRun())).rejects.toMatchObject(failure)
    expect(await sqlite.inspect(source(), makeTestRun())).toMatchObject({ ok: false, error: failure })
  } finally {
    rmSync(bad)
  }
})

describe('what a pattern names', () => {
  const found = async (pattern: string) =>
    (await findFiles(path.join(root, pattern), makeTestRun())).files.map(({ relative }) => relative)

  it('is as the shell has it', async () => {
    expect(await found('*.db')).toEqual(names.filter((name) => !name.includes('/')))
    expect(await found('**/*.db')).toEqual(names)
    expect(await found('*/a.db')).toEqual(['same/a.db'])
    expect(await found('{same,nowhere}/?.db')).toEqual(['same/a.db'])
    expect(await found('deep/**/*.db')).toEqual(
      names.filter((name) => name.startsWith('deep/')).map((name) => name.slice(5)),
    )
    await expect(found('*.sqlite')).rejects.toMatchObject({ code: 'no-such-database', remedy: expect.any(String) })
  })

  it('is not known of a folder that cannot be looked into', async () => {
    // Root may read everything; a link to itself nobody can follow.
    symlinkSync('loop', path.join(dir.path, 'loop'))
    const pattern = path.join(dir.path, 'loop', '*.db')
    await expect(findFiles(pattern, makeTestRun())).rejects.toMatchObject({ code: 'privilege-missing' })
  })

  it('leaves out what SQLite keeps beside a database', async () => {
    const beside = ['a.db-wal', 'a.db-shm', 'a.db-journal'].map((name) => path.join(root, 'same', name))
    for (const file of beside) writeFileSync(file, '')
    expect(await found('same/*')).toEqual(['a.db'])
    for (const file of beside) rmSync(file)
  })

  it('is one file where a file has that very name', async () => {
    const file = path.join(dir.path, 'odd [1].db')
    sqlite3(file, 'CREATE TABLE t (a)')
    expect(await findFiles(file, makeTestRun())).toEqual({
      isPattern: false,
      files: [{ path: file, relative: 'odd [1].db' }],
    })
  })

  it('follows links to databases, and no links in circles', async () => {
    symlinkSync(root, path.join(root, 'same', 'circle'))
    symlinkSync(path.join(root, 'a.db'), path.join(root, 'same', 'linked.db'))
    expect(await found('same/**/*.db')).toEqual(['a.db', 'linked.db'])
    expect(readdirSync(path.join(root, 'same'))).toContain('circle')
    for (const name of ['circle', 'linked.db']) rmSync(path.join(root, 'same', name))
  })
})

describe('the contract', () => {
  it.each([
    ['/srv/app/app.db', false, '/srv/app'],
    ['/srv/app/*.db', true, '/srv/app'],
    ['/srv/tenants/**/*.sqlite', true, '/srv/tenants'],
    ['/*.db', true, '/'],
    ['/srv/t{1,2}/a.db', true, '/srv'],
  ])('knows of %s whether it is a pattern, and its folder', (given, pattern, folder) => {
    expect(sqliteContract.connection.parse({ path: given })).toEqual({ path: given })
    expect(isPattern(given)).toBe(pattern)
    expect(folderOf(given)).toBe(folder)
    expect(sqliteContract.localPaths({ connection: { path: given }, options: {} })).toEqual([pattern ? folder : given])
  })

  it.each(['', 'app.db', './app.db', '/srv/../app.db', '/srv//app.db', '/srv/', '/srv/a\0.db', '/srv/{a/b,c}.db'])(
    'refuses the path %j',
    (given) => {
      expect(sqliteContract.newConnection.safeParse({ path: given }).success).toBe(false)
    },
  )
})
