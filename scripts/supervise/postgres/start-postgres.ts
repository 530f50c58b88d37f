import { existsSync } from 'node:fs'
import path from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import pg from 'pg'
import { HoldfastError } from '@/lib/core/holdfast-error'
import { startChild } from '../child'
import type { Child } from '../child'
import { chosenPort } from '../chosen-port'
import type { LogFile } from '../log-file'
import type { SuperviseOptions } from '../options'
import { secretFile } from '../secret-file'
import { clearStaleServer } from './clear-stale-server'
import { findPlace } from './find-place'
import type { PostgresPlace } from './find-place'
import { CATALOG_ROLE, initCluster } from './init-cluster'

const READY_WITHIN_MS = 120_000

export interface CatalogServer {
  /** Address of the catalog's database, with the password. */
  url: string
  child: Child
  /** Starts it again after it ended; PostgreSQL recovers by itself, and waits for what is left of the last run. */
  again(): Child
  /** Folder of the server's programs. */
  bin: string
}

/** Starts the catalog's own PostgreSQL on loopback; on the first start it is made. Recovers after a kill -9. */
export async function startPostgres(options: SuperviseOptions, log: LogFile): Promise<CatalogServer> {
  const place = findPlace(options)
  const passwordFile = path.join(options.home, 'keys/catalog-password')
  if (!existsSync(passwordFile) && existsSync(path.join(place.base, 'data'))) {
    throw new HoldfastError('catalog-password-missing', `The catalog's password ${passwordFile} is gone.`, {
      remedy: 'Put the keys folder back from its copy; the data is untouched.',
    })
  }
  const password = secretFile(passwordFile)
  const data = initCluster(place, password)
  await clearStaleServer(data)
  const portFile = path.join(options.home, 'run/postgres-port')
  const port = await chosenPort(portFile)
  const again = () => startServer(place, data, port, log)
  const child = again()
  const url = new URL(`postgresql://127.0.0.1:${port}/holdfast`)
  url.username = CATALOG_ROLE
  url.password = password
  await waitUntilReady(url, child, log)
  return { url: url.href, child, again, bin: place.bin }
}

function startServer(place: PostgresPlace, data: string, port: number, log: LogFile): Child {
  const settings = {
    listen_addresses: '127.0.0.1',
    port: String(port),
    // A socket's path has at most 107 bytes.
    unix_socket_directories: data.length < 85 ? data : '',
    max_connections: '100',
    shared_buffers: '64MB',
    timezone: 'UTC',
    log_timezone: 'UTC',
  }
  return startChild({
    name: 'postgres',
    file: path.join(place.bin, 'postgres'),
    args: ['-D', data, ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])],
    env: { PATH: process.env.PATH ?? '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' },
    cwd: '/',
    log,
    user: place.user,
    // PostgreSQL's fast shutdown, should this process be killed.
    deathSignal: 'INT',
  })
}

async function waitUntilReady(url: URL, child: Child, log: LogFile): Promise<void> {
  const maintenance = new URL(url)
  maintenance.pathname = '/postgres'
  const deadline = Date.now() + READY_WITHIN_MS
  for (;;) {
    if (child.ended) throw startFailed(log)
    const client = new pg.Client({ connectionString: maintenance.href, connectionTimeoutMillis: 5000 })
    client.on('error', () => undefined)
    try {
      await client.connect()
      const { rowCount } = await client.query("SELECT 1 FROM pg_database WHERE datname = 'holdfast'")
      if (!rowCount) await client.query("CREATE DATABASE holdfast TEMPLATE template0 ENCODING 'UTF8'")
      return
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? error.code : null
      if (code === '28P01') {
        throw new HoldfastError(
          'catalog-password-wrong',
          "The catalog's server refuses the password in HOLDFAST_HOME/keys/catalog-password.",
          {
            remedy: 'Put the keys folder back from its copy; the data is untouched.',
          },
        )
      }
      if (Date.now() > deadline) throw startFailed(log)
    } finally {
      await client.end().catch(() => undefined)
    }
    await delay(50)
  }
}

function startFailed(log: LogFile): HoldfastError {
  const lines = log.tail()
  if (lines.some((line) => /No space left/i.test(line))) {
    return new HoldfastError('disk-full', 'The disk is full.', { remedy: 'Free some space and start again.' })
  }
  const line = lines.findLast((candidate) => /FATAL|PANIC|could not/.test(candidate)) ?? lines.at(-1) ?? 'no output'
  return new HoldfastError(
    'postgres-failed',
    `The catalog's server did not start: ${line.replace(/^.*?(FATAL|PANIC):\s*/, '')}.`,
    {
      remedy: `See ${log.file}`,
    },
  )
}
