import { spawn } from 'node:child_process'
import { chmodSync, existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import pg from 'pg'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { prepareHome } from '@/scripts/supervise/home'
import { takeLock } from '@/scripts/supervise/lock'
import { openLogFile } from '@/scripts/supervise/log-file'
import { openCatalog } from '@/scripts/supervise/open-catalog'
import type { SuperviseOptions } from '@/scripts/supervise/options'
import { findPlace } from '@/scripts/supervise/postgres/find-place'
import { startPostgres } from '@/scripts/supervise/postgres/start-postgres'
import type { CatalogServer } from '@/scripts/supervise/postgres/start-postgres'
import { tempDir } from '../helpers/temp'

const root = path.resolve(import.meta.dirname, '../..')
let dir: Awaited<ReturnType<typeof tempDir>>
let options: SuperviseOptions
let server: CatalogServer | null = null

beforeEach(async () => {
  dir = await tempDir('supervise')
  chmodSync(dir.path, 0o711)
  const home = path.join(dir.path, 'home')
  options = { root, home, host: '127.0.0.1', port: 0, dev: false, demo: false, say: () => {}, warn: () => {} }
  prepareHome(home)
})
afterEach(async () => {
  await server?.child.stop('SIGINT', 10_000)
  server = null
  await dir.remove()
})

const start = async () =>
  (server = await startPostgres(options, openLogFile(path.join(options.home, 'logs/postgres.log'))))

async function query(url: string, sql: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows
  } finally {
    await client.end()
  }
}

test('keeps the catalog over a restart, on the same port, under the same password', async () => {
  const first = await start()
  await query(first.url, 'CREATE TABLE kept AS SELECT 42 AS answer')
  await first.child.stop('SIGINT', 10_000)
  const second = await start()
  expect(second.url).toBe(first.url)
  expect(await query(second.url, 'SELECT answer FROM kept')).toEqual([{ answer: 42 }])
})

test('recovers a catalog whose server was killed, with what was committed', async () => {
  const first = await start()
  await query(first.url, 'CREATE TABLE kept AS SELECT 42 AS answer')
  process.kill(first.child.pid, 'SIGKILL')
  await first.child.exit
  const second = await start()
  expect(await query(second.url, 'SELECT answer FROM kept')).toEqual([{ answer: 42 }])
})

test('takes over from a server that outlived its supervisor instead of failing on its lock file', async () => {
  const first = await start()
  const second = await start()
  expect(first.child.ended).not.toBeNull()
  expect(await query(second.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }])
})

test('is not fooled by a lock file that names a pid which somebody else has now', async () => {
  const first = await start()
  process.kill(first.child.pid, 'SIGKILL')
  await first.child.exit
  const file = path.join(findPlace(options).base, 'data/postmaster.pid')
  // PostgreSQL believes the file when the process runs as its own user.
  const { uid, gid } = statSync(file)
  const stranger = spawn('sleep', ['600'], { uid, gid, stdio: 'ignore' })
  try {
    writeFileSync(file, readFileSync(file, 'utf8').replace(/^\d+/, String(stranger.pid)))
    const second = await start()
    expect(await query(second.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }])
    expect(stranger.exitCode ?? stranger.signalCode).toBeNull()
  } finally {
    stranger.kill()
  }
})

test('keeps the password readable by its owner alone, and off every command line (security 8)', async () => {
  const { url, child } = await start()
  const password = new URL(url).password
  expect(statSync(path.join(options.home, 'keys')).mode & 0o777).toBe(0o700)
  expect(statSync(path.join(options.home, 'keys/catalog-password')).mode & 0o777).toBe(0o600)
  expect(password.length).toBeGreaterThan(30)
  expect(readFileSync(`/proc/${child.pid}/cmdline`, 'utf8')).not.toContain(password)
  const wrong = new URL(url)
  wrong.password = 'guess'
  await expect(query(wrong.href, 'SELECT 1')).rejects.toMatchObject({ code: '28P01' })
})

test('refuses a second supervisor on the same home and names the first', () => {
  const lock = takeLock(options.home)
  expect(() => takeLock(options.home)).toThrow(new RegExp(`process ${process.pid}`))
  lock.release()
  takeLock(options.home).release()
  expect(existsSync(path.join(options.home, 'run/supervisor.lock'))).toBe(false)
})

test('takes the lock of a supervisor that was killed, though its pid may run again', () => {
  writeFileSync(path.join(options.home, 'run/supervisor.lock'), `${process.pid}\n1\n`)
  takeLock(options.home).release()
})

test.each([
  ['nothing listens there', 'postgresql://u:pa55word@127.0.0.1:1/x'],
  ['not an address', 'hello'],
])('says in one line why DATABASE_URL cannot be used, without its password: %s', async (reason, url) => {
  const error: unknown = await openCatalog(url, options).catch((caught: unknown) => caught)
  expect(String(error)).toContain(reason)
  expect(String(error)).not.toContain('pa55word')
})
