import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { chmodSync, chownSync, cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { Client } from 'pg'
import { postgresOptionsSchema } from '@/lib/contracts/engines/postgres'
import type { SourceSpec } from '@/lib/ports/source-spec'
import { freePort } from './ports'
import { postgres17Bin } from './postgres-17'

const debianBin = '/usr/lib/postgresql/15/bin'

export interface TestPostgres {
  host: string
  port: number
  socketDir: string
  dataDir: string
  pid: number
  /** Folder with the programs of its version. */
  bin: string
  /** A connection as superuser; closed with the server when not before. */
  connect(database?: string): Promise<Client>
  /** Runs statements as superuser and answers the rows of the last. */
  sql(text: string, database?: string): Promise<Record<string, unknown>[]>
  /** A source for the engine. */
  source(overrides?: Partial<SourceSpec> & { connection?: Record<string, unknown> }): SourceSpec
  stop(signal?: 'SIGINT' | 'SIGKILL'): Promise<void>
  start(): Promise<void>
  close(): Promise<void>
}

export interface StartPostgresOptions {
  settings?: Record<string, string>
  /** 15: Debian's own. 17: of a newer Debian; the product finds its programs where HOLDFAST_PG_BIN names them only. */
  major?: 15 | 17
  /** Password of the superuser; TCP connections then use scram. */
  password?: string
  /** Replaces pg_hba.conf. */
  hba?: string
  /** TLS with this key pair. */
  tls?: { key: string; cert: string }
  /** A stopped cluster (`data` in a tar file compressed with zstd) to start with instead of a new one. */
  cluster?: string
  /** A locale that this server has and the rest of the machine need not: it is made in a folder of its own. */
  locales?: string
  /** More arguments of initdb: `--data-checksums`. */
  initdb?: string[]
  /** Folder with the programs, when they are neither of these. */
  bin?: string
  /** Size of a segment of the log, in MB; 16 when absent. */
  segmentMb?: number
}

function makeLocale(folder: string, name: string): string {
  const own = path.join(folder, 'locales')
  mkdirSync(own)
  const [language = '', charset = ''] = name.split('.')
  execFileSync('localedef', ['--no-archive', '-i', language, '-f', charset, path.join(own, name)], { stdio: 'pipe' })
  // Where this is set, nothing else is looked for.
  cpSync('/usr/lib/locale/C.utf8', path.join(own, 'C.utf8'), { recursive: true })
  return own
}

function unprivileged(): { uid: number; gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined
  const [uid, gid] = ['-u', '-g'].map((flag) => Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' })))
  return uid && gid ? { uid, gid } : undefined
}

/** A real server of its own on a free port of the loopback interface; remember to `close` it. */
export async function startPostgres(options: StartPostgresOptions = {}): Promise<TestPostgres> {
  const user = unprivileged()
  const folder = mkdtempSync(path.join(tmpdir(), 'hf-pg-'))
  const bin = options.bin ?? (options.major === 17 ? await postgres17Bin() : debianBin)
  const own = (file: string) => user && chownSync(file, user.uid, user.gid)
  own(folder)
  const dataDir = path.join(folder, 'data')
  const socketDir = path.join(folder, 's')
  for (const dir of [dataDir, socketDir]) {
    mkdirSync(dir, { mode: 0o700 })
    own(dir)
  }
  chmodSync(socketDir, 0o755)
  chmodSync(folder, 0o755)
  if (options.cluster) {
    const unpack = ['-x', '-f', options.cluster, '--zstd', '-C', folder]
    execFileSync('tar', unpack, { stdio: 'pipe' })
  } else {
    const passwordFile = path.join(folder, 'pw')
    writeFileSync(passwordFile, options.password ?? 'unused')
    own(passwordFile)
    const auth = options.password ? ['--auth-host=scram-sha-256', '--auth-local=trust'] : ['--auth=trust']
    execFileSync(
      path.join(bin, 'initdb'),
      [
        '-D',
        dataDir,
        '-U',
        'postgres',
        '-E',
        'UTF8',
        '--locale=C.UTF-8',
        '--lc-messages=C',
        '--no-sync',
        `--pwfile=${passwordFile}`,
        ...(options.segmentMb === undefined ? [] : [`--wal-segsize=${options.segmentMb}`]),
        ...auth,
        ...(options.initdb ?? []),
      ],
      { ...user, cwd: folder, env: { ...process.env, LC_ALL: 'C.UTF-8' }, stdio: 'pipe' },
    )
  }
  if (options.hba) writeFileSync(path.join(dataDir, 'pg_hba.conf'), options.hba)
  if (options.tls) {
    for (const [name, text] of Object.entries({ 'server.key': options.tls.key, 'server.crt': options.tls.cert })) {
      writeFileSync(path.join(dataDir, name), text, { mode: 0o600 })
      own(path.join(dataDir, name))
    }
  }
  const localeFolder = options.locales === undefined ? null : makeLocale(folder, options.locales)
  const port = await freePort()
  const settings: Record<string, string> = {
    port: String(port),
    listen_addresses: '127.0.0.1',
    unix_socket_directories: socketDir,
    fsync: 'off',
    ...(options.tls ? { ssl: 'on' } : {}),
    ...options.settings,
  }
  const open = new Set<Client>()
  let server: ChildProcess | null = null

  const connect = async (database = 'postgres') => {
    const client = new Client({ host: socketDir, port, user: 'postgres', database, password: options.password ?? '' })
    client.on('error', () => undefined)
    await client.connect()
    open.add(client)
    return client
  }
  const start = async () => {
    const args = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])
    const child = spawn(path.join(bin, 'postgres'), ['-D', dataDir, ...args], {
      ...user,
      cwd: dataDir,
      env: { ...process.env, LC_ALL: 'C.UTF-8', ...(localeFolder ? { LOCPATH: localeFolder } : {}) },
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    server = child
    let log = ''
    child.stderr?.on('data', (chunk) => {
      log = (log + String(chunk)).slice(-4000)
    })
    for (let tries = 0; ; tries += 1) {
      try {
        const client = await connect()
        await client.end()
        return
      } catch (error) {
        if (tries > 400 || child.exitCode !== null)
          throw new Error(`The test server did not start: ${log}`, { cause: error })
        await delay(25)
      }
    }
  }
  const stop = async (signal: 'SIGINT' | 'SIGKILL' = 'SIGINT') => {
    const child = server
    if (!child || child.exitCode !== null || child.signalCode !== null) return
    const ended = new Promise((resolve) => child.once('exit', resolve))
    child.kill(signal)
    await ended
  }
  const pg: TestPostgres = {
    host: '127.0.0.1',
    port,
    socketDir,
    dataDir,
    bin,
    get pid() {
      return server?.pid ?? 0
    },
    connect,
    async sql(text, database) {
      const client = await connect(database)
      try {
        const result: unknown = await client.query(text)
        const last: unknown = Array.isArray(result) ? result.at(-1) : result
        return rowsOf(last)
      } finally {
        await client.end()
        open.delete(client)
      }
    },
    source: (overrides = {}) => makeSource({ port, ...overrides.connection }, overrides, options.password ?? null),
    start,
    stop,
    async close() {
      await Promise.all([...open].map((client) => client.end().catch(() => undefined)))
      await stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
  try {
    await start()
  } catch (error) {
    await pg.close()
    throw error
  }
  return pg
}

function rowsOf(result: unknown): Record<string, unknown>[] {
  return typeof result === 'object' && result !== null && 'rows' in result && Array.isArray(result.rows)
    ? result.rows
    : []
}

/** A source on a server of the loopback interface. */
export function makeSource(
  connection: Record<string, unknown>,
  overrides: Partial<SourceSpec> = {},
  secret: string | null = null,
): SourceSpec {
  return {
    id: '0193b3a2-6c1e-7c3a-9b1f-2f6f6b0c9a11',
    name: 'test',
    engine: 'postgres',
    secrets: secret === null ? {} : { password: secret },
    options: postgresOptionsSchema.parse({}),
    ...overrides,
    connection: { host: '127.0.0.1', database: 'postgres', user: 'postgres', ssl: 'disable', ...connection },
  }
}
