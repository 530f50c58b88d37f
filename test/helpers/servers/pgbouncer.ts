import { execFileSync, spawn } from 'node:child_process'
import { chownSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { Client } from 'pg'
import { freePort } from './ports'
import type { TestPostgres } from './postgres'
import { waitFor } from '../wait-for'

export interface TestPooler {
  port: number
  connect(database?: string): Promise<Client>
  close(): Promise<void>
}

/** A real PgBouncer in front of a test server, on a free port of the loopback interface. */
export async function startPgbouncer(
  pg: TestPostgres,
  settings: Record<string, string | number> & { pool_mode: 'session' | 'transaction' | 'statement' },
): Promise<TestPooler> {
  const folder = mkdtempSync(path.join(tmpdir(), 'hf-pgbouncer-'))
  const port = await freePort()
  const all = {
    listen_addr: '127.0.0.1',
    listen_port: port,
    unix_socket_dir: '',
    auth_type: 'any',
    logfile: path.join(folder, 'log'),
    ...settings,
  }
  const lines = Object.entries(all).map(([name, value]) => `${name} = ${value}`)
  const file = path.join(folder, 'pgbouncer.ini')
  writeFileSync(
    file,
    ['[databases]', `* = host=${pg.socketDir} port=${pg.port} user=postgres`, '[pgbouncer]', ...lines, ''].join('\n'),
  )
  // It refuses to run as root.
  const [uid, gid] = process.getuid?.() === 0 ? ['-u', '-g'].map(idOf) : []
  if (uid !== undefined && gid !== undefined) {
    chownSync(folder, uid, gid)
    chownSync(file, uid, gid)
  }
  const pooler = spawn('/usr/sbin/pgbouncer', ['--quiet', file], {
    stdio: 'ignore',
    ...(uid !== undefined && gid !== undefined ? { uid, gid } : {}),
  })
  const ended = new Promise((resolve) => pooler.once('exit', resolve))
  const connect = async (database = 'postgres') => {
    const client = new Client({ host: '127.0.0.1', port, user: 'postgres', database })
    client.on('error', () => undefined)
    await client.connect()
    return client
  }
  await waitFor('PgBouncer to accept connections', async () => {
    if (pooler.exitCode !== null) throw new Error('PgBouncer did not start')
    return connect().then(
      (client) => client.end().then(() => true),
      () => false,
    )
  })
  return {
    port,
    connect,
    async close() {
      pooler.kill('SIGKILL')
      await ended
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

function idOf(flag: string): number {
  return Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }))
}
