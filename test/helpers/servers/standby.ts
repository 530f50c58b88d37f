import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { chmodSync, chownSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { Client } from 'pg'
import { freePort } from './ports'
import type { TestPostgres } from './postgres'
import { waitFor } from '../wait-for'

const bin = '/usr/lib/postgresql/15/bin'

export interface Standby {
  host: string
  port: number
  sql(text: string, database?: string): Promise<Record<string, unknown>[]>
  /** Until it has replayed all that the primary has written by now. */
  caughtUp(): Promise<void>
  /** Until it has received all that the primary has written by now. */
  received(): Promise<void>
  promote(): Promise<void>
  stop(): Promise<void>
  close(): Promise<void>
}

/** A streaming standby of a test server, made by pg_basebackup; remember to `close` it. */
export async function startStandby(primary: TestPostgres, settings: Record<string, string> = {}): Promise<Standby> {
  const user = unprivileged()
  const folder = mkdtempSync(path.join(tmpdir(), 'hf-standby-'))
  chmodSync(folder, 0o755)
  if (user) chownSync(folder, user.uid, user.gid)
  const data = path.join(folder, 'data')
  const port = await freePort()
  execFileSync(
    path.join(bin, 'pg_basebackup'),
    [
      '-h',
      '127.0.0.1',
      '-p',
      String(primary.port),
      '-U',
      'postgres',
      '-D',
      data,
      '-R',
      '-X',
      'stream',
      '-c',
      'fast',
      '--no-sync',
    ],
    { ...user, cwd: folder, stdio: 'pipe' },
  )
  const all = {
    port: String(port),
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    fsync: 'off',
    hot_standby: 'on',
    ...settings,
  }
  const args = Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  const server: ChildProcess = spawn(path.join(bin, 'postgres'), ['-D', data, ...args], {
    ...user,
    cwd: data,
    env: { ...process.env, LC_ALL: 'C.UTF-8' },
    stdio: 'ignore',
  })
  const ended = new Promise<void>((resolve) => server.once('exit', () => resolve()))
  const sql = async (text: string, database = 'postgres') => {
    const client = new Client({ host: '127.0.0.1', port, user: 'postgres', database })
    client.on('error', () => undefined)
    await client.connect()
    try {
      return (await client.query<Record<string, unknown>>(text)).rows
    } finally {
      await client.end()
    }
  }
  const stop = async () => {
    if (server.exitCode === null && server.signalCode === null) server.kill('SIGINT')
    await ended
  }
  const until = async (position: 'pg_last_wal_replay_lsn()' | 'pg_last_wal_receive_lsn()') => {
    const written = String((await primary.sql('SELECT pg_current_wal_lsn() AS lsn'))[0]?.lsn)
    await waitFor(`the standby's ${position}`, async () => {
      const [row] = await sql(`SELECT ${position} >= '${written}' AS there`)
      return row?.there === true
    })
  }
  const standby: Standby = {
    host: '127.0.0.1',
    port,
    sql,
    stop,
    caughtUp: () => until('pg_last_wal_replay_lsn()'),
    received: () => until('pg_last_wal_receive_lsn()'),
    async promote() {
      await sql('SELECT pg_promote(true)')
    },
    async close() {
      await stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
  try {
    await waitFor('the standby to accept connections', () => sql('SELECT 1').catch(() => null))
    return standby
  } catch (error) {
    await standby.close()
    throw error
  }
}

function unprivileged(): { uid: number; gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined
  const [uid, gid] = ['-u', '-g'].map((flag) => Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' })))
  return uid && gid ? { uid, gid } : undefined
}
