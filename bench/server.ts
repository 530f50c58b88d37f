import { execFileSync, spawn } from 'node:child_process'
import { chownSync, existsSync, mkdirSync } from 'node:fs'
import { createServer } from 'node:net'
import path from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { Client } from 'pg'
import { exactEnvironment } from '@/lib/process/exact-environment'
import { runTool } from './run-tool'

export interface Server {
  port: number
  /** A session that the caller ends. */
  connect(database: string): Promise<Client>
  query(sql: string, database?: string): Promise<Record<string, unknown>[]>
  stop(): Promise<void>
}

/** PostgreSQL refuses to run as root. */
export function unprivileged(): { uid?: number; gid?: number } {
  if (process.getuid?.() !== 0) return {}
  const [uid, gid] = ['-u', '-g'].map((flag) => Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' })))
  return uid && gid ? { uid, gid } : {}
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0))
    })
  })
}

/** Starts the PostgreSQL whose data is in the folder; makes the data when there is none. */
export async function startServer(bin: string, folder: string, settings: Record<string, string> = {}): Promise<Server> {
  const user = unprivileged()
  mkdirSync(folder, { recursive: true })
  if (user.uid && user.gid) chownSync(folder, user.uid, user.gid)
  const data = path.join(folder, 'data')
  if (!existsSync(path.join(data, 'PG_VERSION'))) {
    const args = ['-D', data, '-U', 'postgres', '-E', 'UTF8', '--locale=C.UTF-8', '--auth=trust', '--no-sync']
    await runTool(path.join(bin, 'initdb'), args, { ...user, cwd: '/' })
  }
  const port = await freePort()
  const all = {
    port: String(port),
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    // A vacuum that starts by itself would fall into one measurement and not into the other.
    autovacuum: 'off',
    ...settings,
  }
  const args = Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  const child = spawn(path.join(bin, 'postgres'), ['-D', data, ...args], {
    ...user,
    cwd: '/',
    env: exactEnvironment({ PATH: '/usr/bin:/bin', LC_ALL: 'C.UTF-8' }),
    stdio: 'ignore',
  })
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  const connect = async (database: string) => {
    const client = new Client({ host: '127.0.0.1', port, user: 'postgres', database })
    client.on('error', () => undefined)
    await client.connect()
    return client
  }
  const query = async (sql: string, database = 'postgres') => {
    const client = await connect(database)
    try {
      const result = await client.query<Record<string, unknown>>(sql)
      return result.rows ?? []
    } finally {
      await client.end()
    }
  }
  const stop = async () => {
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGINT')
    await exited
  }
  for (let tries = 0; ; tries += 1) {
    try {
      await query('SELECT 1')
      return { port, connect, query, stop }
    } catch (error) {
      if (child.exitCode !== null || tries > 600) {
        await stop()
        throw new Error(`The PostgreSQL in ${folder} did not start`, { cause: error })
      }
      await delay(100)
    }
  }
}
