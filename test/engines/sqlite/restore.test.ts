import { spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import path from 'node:path'
import { Readable } from 'node:stream'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sqliteContract } from '@/lib/contracts/engines/sqlite'
import { newPlace } from '@/lib/places/new-place'
import { snapshot } from '@/lib/engines/sqlite/snapshot/method'
import type { KeepOut } from '@/lib/ports/sandbox'
import { type PlainBackup, takeBackup } from '@/test/helpers/databases/engine-backup'
import { digestOf, makeSqliteSource, sqlite3 } from '@/test/helpers/engines/sqlite'
import { makeTestRun, nothing } from '@/test/helpers/run-context'
import { tempDir } from '@/test/helpers/temp'

let dir: Awaited<ReturnType<typeof tempDir>>
let made = 0
let file: string
let backup: PlainBackup
const source = () => makeSqliteSource(file)
const newFolder = () => {
  const folder = path.join(dir.path, String((made += 1)))
  mkdirSync(folder)
  return folder
}

beforeAll(async () => {
  dir = await tempDir('sqlite-restore')
  file = path.join(newFolder(), 'app.db')
  sqlite3(
    file,
    'PRAGMA journal_mode = WAL; CREATE TABLE t (a); INSERT INTO t SELECT value FROM generate_series(1, 5000)',
  )
  backup = await takeBackup(snapshot, source(), newFolder(), makeTestRun())
})
afterAll(() => dir.remove())

const restore = (
  target: string,
  { manifest, open, check }: Pick<PlainBackup, 'manifest' | 'open' | 'check'> = backup,
  keepOut: KeepOut = nothing,
  run = makeTestRun(),
) => snapshot.restore({ manifest, open, check, target: { source: source(), path: target }, keepOut }, run)

it('makes a private file of the worker, with nothing beside it', async () => {
  const folder = newFolder()
  const target = path.join(folder, "it's here.db")
  expect(await restore(target)).toEqual({ warnings: [] })
  expect(readdirSync(folder)).toEqual(["it's here.db"])
  expect(statSync(target)).toMatchObject({ uid: process.getuid?.(), gid: process.getgid?.() })
  expect(statSync(target).mode & 0o777).toBe(0o600)
  expect(digestOf(target)).toEqual(digestOf(file))
})

describe('what an earlier database of the name left', () => {
  /** A WAL whose frames SQLite would play into a file of that name: of a copy of the database with other rows. */
  async function leftWal(target: string): Promise<void> {
    const earlier = path.join(newFolder(), 'earlier.db')
    await restore(earlier)
    const script = `const { DatabaseSync } = require('node:sqlite'); const d = new DatabaseSync(process.argv[1])
      d.exec('PRAGMA wal_autocheckpoint = 0; UPDATE t SET a = -1'); console.log('written'); setInterval(() => d, 1000)`
    const child = spawn(process.execPath, ['-e', script, '--', earlier], { stdio: ['ignore', 'pipe', 'ignore'] })
    await once(child.stdout, 'data')
    const ended = once(child, 'exit')
    child.kill('SIGKILL')
    await ended
    for (const suffix of ['-wal', '-shm']) writeFileSync(target + suffix, readFileSync(earlier + suffix))
  }

  it('is never played into the restored one, and not lost either', async () => {
    const folder = newFolder()
    const target = path.join(folder, 'app.db')
    await leftWal(target)
    // What would happen: the same file beside the same WAL has the other rows.
    const naive = path.join(newFolder(), 'app.db')
    await leftWal(naive)
    await restore(path.join(path.dirname(naive), 'plain.db'))
    writeFileSync(naive, readFileSync(path.join(path.dirname(naive), 'plain.db')))
    expect(sqlite3(naive, 'SELECT max(a) FROM t')).toBe('-1\n')

    const wal = readFileSync(`${target}-wal`)
    const { warnings } = await restore(target)
    expect(warnings).toHaveLength(2)
    expect(digestOf(target)).toEqual(digestOf(file))
    const aside = readdirSync(folder).find((name) => name.startsWith('app.db-wal.before-restore-'))
    expect(readFileSync(path.join(folder, aside ?? '')).equals(wal)).toBe(true)
  })

  it.each(['-wal', '-shm', '-journal'])('ends the restore while a program has its %s open', async (suffix) => {
    const folder = newFolder()
    const target = path.join(folder, 'app.db')
    writeFileSync(target + suffix, 'left')
    const child = spawn('sh', ['-c', 'exec 3< "$1"; echo open; exec sleep 600', 'sh', target + suffix], {
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    await once(child.stdout, 'data')
    try {
      await expect(restore(target)).rejects.toMatchObject({ code: 'target-busy', remedy: expect.any(String) })
      expect(readdirSync(folder)).toEqual([`app.db${suffix}`])
    } finally {
      const ended = once(child, 'exit')
      child.kill('SIGKILL')
      await ended
    }
    await restore(target)
    expect(digestOf(target)).toEqual(digestOf(file))
  })
})

describe('a place that a restore refuses', () => {
  const refused = (target: string, code: string, keepOut: KeepOut = nothing) =>
    expect(restore(target, backup, keepOut)).rejects.toMatchObject({ code })

  it('is one that exists in whatever form', async () => {
    const folder = newFolder()
    mkdirSync(path.join(folder, 'folder'))
    writeFileSync(path.join(folder, 'file'), '')
    symlinkSync('/nonexistent', path.join(folder, 'link'))
    for (const name of ['folder', 'file', 'link']) await refused(path.join(folder, name), 'target-exists')
    expect(readdirSync(folder)).toEqual(['file', 'folder', 'link'])
    expect(statSync(path.join(folder, 'file')).size).toBe(0)
  })

  it('is one below what Holdfast keeps for itself, also by a link', async () => {
    const kept = newFolder()
    mkdirSync(path.join(kept, 'below'))
    const link = path.join(newFolder(), 'link')
    symlinkSync(kept, link)
    const keepOut = { ...nothing, paths: [kept] }
    for (const target of [path.join(kept, 'a.db'), path.join(kept, 'below', 'a.db'), path.join(link, 'a.db')])
      await refused(target, 'target-invalid', keepOut)
    expect(readdirSync(kept)).toEqual(['below'])
    await restore(path.join(newFolder(), 'a.db'), backup, keepOut)
  })

  it('is one in no folder, or that is no whole path', async () => {
    await refused(path.join(newFolder(), 'nowhere', 'a.db'), 'target-invalid')
    for (const target of ['a.db', './a.db', '/srv/../etc/a.db', '/srv/', '/srv//a.db', '/srv/a\n.db', ''])
      expect(sqliteContract.restoreTarget.safeParse({ path: target }).success).toBe(false)
  })
})

it('checks every byte before it writes one', async () => {
  const folder = newFolder()
  const wrong = new Error('damaged')
  const check = async () => Promise.reject(wrong)
  const open = async () => Promise.reject(new Error('was opened'))
  await expect(restore(path.join(folder, 'a.db'), { ...backup, check, open })).rejects.toBe(wrong)
  expect(readdirSync(folder)).toEqual([])
})

it('leaves nothing behind when it is cancelled, or when the bytes are no database', async () => {
  const folder = newFolder()
  const run = makeTestRun()
  const reason = new Error('stop')
  const endless = async () => {
    run.abort(reason)
    return new Readable({ read: () => undefined })
  }
  await expect(restore(path.join(folder, 'a.db'), { ...backup, open: endless }, nothing, run)).rejects.toBe(reason)
  const open = async () => Readable.from([Buffer.from('other bytes')])
  await expect(restore(path.join(folder, 'a.db'), { ...backup, open })).rejects.toMatchObject({
    code: 'object-damaged',
  })
  expect(readdirSync(folder)).toEqual([])
})

describe('a place', () => {
  it('is not written over when something came there meanwhile', async () => {
    for (const make of [
      (where: string) => writeFileSync(where, 'theirs'),
      (where: string) => mkdirSync(path.join(where, 'theirs'), { recursive: true }),
    ]) {
      for (const mine of ['file', 'folder']) {
        const target = path.join(realpathSync(newFolder()), 'a')
        const place = await newPlace(target, [])
        if (mine === 'file') writeFileSync(path.join(place.incomplete, 'x'), 'mine')
        else mkdirSync(path.join(place.incomplete, 'x'))
        make(target)
        await expect(place.finish('x')).rejects.toMatchObject({ code: 'target-exists' })
        await place.close()
        expect(existsSync(path.join(target, 'theirs')) || readFileSync(target, 'utf8') === 'theirs').toBe(true)
        expect(readdirSync(path.dirname(target))).toEqual(['a'])
      }
    }
  })
})
