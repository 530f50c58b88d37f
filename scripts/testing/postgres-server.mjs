import { spawn } from 'node:child_process'
import { chownSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { run } from '../bootstrap/run.mjs'
import { StartError } from '../bootstrap/say.mjs'

/** The newest installed server that is not newer than the 15 the tests were written on, else the oldest there is. */
export function serverBin() {
  const base = '/usr/lib/postgresql'
  const majors = (existsSync(base) ? readdirSync(base) : [])
    .map(Number)
    .filter((major) => existsSync(`${base}/${major}/bin/initdb`))
  const major = majors.includes(15) ? 15 : majors.sort((a, b) => a - b)[0]
  if (!major)
    throw new StartError(
      'There is no PostgreSQL server below /usr/lib/postgresql. Install one: apt-get install -y postgresql',
    )
  return `${base}/${major}/bin`
}

function unprivileged() {
  if (process.getuid?.() !== 0) return {}
  const line = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .find((entry) => entry.startsWith('postgres:'))
  const [, , uid, gid] = (line ?? 'nobody:x:65534:65534').split(':').map(Number)
  return { uid, gid }
}

function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address()
      server.close(() => resolve(port))
    })
  })
}

/** The PostgreSQL that holds the test files' catalogs and sources: throw-away, so nothing is synced to the disk. */
export async function startPostgresServer() {
  const bin = serverBin()
  const ids = unprivileged()
  const folder = mkdtempSync(path.join(tmpdir(), 'holdfast-test-pg-'))
  if (ids.uid) chownSync(folder, ids.uid, ids.gid)
  const data = path.join(folder, 'data')
  const env = { PATH: process.env.PATH, LC_ALL: 'C', TZ: 'UTC' }
  const options = { ...ids, env, cwd: '/' }
  await run(
    `${bin}/initdb`,
    ['-D', data, '-U', 'postgres', '-E', 'UTF8', '--locale=C.UTF-8', '--auth=trust', '--no-sync'],
    options,
  )
  const port = await freePort()
  const settings = {
    port,
    listen_addresses: '127.0.0.1',
    unix_socket_directories: folder,
    fsync: 'off',
    full_page_writes: 'off',
    max_connections: 300,
    max_locks_per_transaction: 1024,
    shared_buffers: '128MB',
  }
  const server = spawn(
    `${bin}/postgres`,
    ['-D', data, ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])],
    {
      ...options,
      stdio: ['ignore', 'ignore', 'ignore'],
      detached: true,
    },
  )
  const exit = new Promise((resolve) => server.once('exit', resolve))
  const stop = async () => {
    server.kill('SIGINT')
    await Promise.race([exit, delay(10_000, undefined, { ref: false }).then(() => server.kill('SIGKILL'))])
    rmSync(folder, { recursive: true, force: true })
  }
  const url = `postgresql://postgres@127.0.0.1:${port}/postgres`
  await untilReady(url, server).catch(async (error) => {
    await stop()
    throw error
  })
  return { environment: { HOLDFAST_TEST_PG_URL: url }, stop }
}

async function untilReady(url, server) {
  const { default: pg } = await import('pg')
  const deadline = Date.now() + 60_000
  for (;;) {
    const client = new pg.Client({ connectionString: url })
    client.on('error', () => undefined)
    try {
      await client.connect()
      return
    } catch (error) {
      if (server.exitCode !== null || Date.now() > deadline)
        throw new StartError('PostgreSQL for the tests did not start', { cause: error })
    } finally {
      await client.end().catch(() => undefined)
    }
    await delay(100)
  }
}
