import { chownSync, existsSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import pg from 'pg'
import { HoldfastError } from '@/lib/core/holdfast-error'
import { catalogDatabase, catalogRoles, sampleDatabase } from '@/lib/db/catalog-roles'
import { startChild } from '../child'
import type { Child } from '../child'
import { chosenPort } from '../chosen-port'
import type { LogFile } from '../log-file'
import type { SuperviseOptions } from '../options'
import { secretFile } from '../secret-file'
import { clearStaleServer } from './clear-stale-server'
import { findPlace } from './find-place'
import type { PostgresPlace } from './find-place'
import { initCluster } from './init-cluster'
import { prepareRoles } from './prepare-roles'

const READY_WITHIN_MS = 120_000

export interface CatalogServer {
  /** Address of the catalog's database as its owner, with the password. */
  url: string
  /** The same as the role that may only read it, for its backups. */
  backupUrl: string
  /** The sample database of `--demo` as its owner; it is there once it was asked for. */
  sampleUrl: string
  child: Child
  /** Starts it again after it ended; PostgreSQL recovers by itself, and waits for what is left of the last run. */
  again(): Child
  /** Folder of the server's programs. */
  bin: string
}

/**
 * Starts the catalog's own PostgreSQL on loopback; on the first start it is made. Recovers after a kill -9. Its superuser
 * is used here, before anything else runs, and by nobody else.
 */
export async function startPostgres(options: SuperviseOptions, log: LogFile): Promise<CatalogServer> {
  const place = findPlace(options)
  const keys = (name: string) => path.join(options.home, 'keys', name)
  const known = ['catalog-superuser-password', 'catalog-password'].some((name) => existsSync(keys(name)))
  if (existsSync(path.join(place.base, 'data')) && !known) throw passwordMissing(keys(''))
  const superuser = secretFile(keys('catalog-superuser-password'))
  const data = initCluster(place, superuser)
  writeAccessRules(place, data)
  await clearStaleServer(data)
  const port = await chosenPort(path.join(options.home, 'run/postgres-port'))
  const again = () => startServer(place, data, port, log)
  const child = again()
  const address = (role: string, database: string, password: string) => {
    const url = new URL(`postgresql://127.0.0.1:${port}/${database}`)
    url.username = role
    url.password = password
    return url.href
  }
  const connect = (database: string) => open(address(catalogRoles.superuser, database, superuser))
  /** A catalog from before there were roles has one password, which web and worker had, too: it gets a new one. */
  const renew = async (error: unknown) => {
    if (codeOf(error) !== wrongPassword || !existsSync(keys('catalog-password'))) throw error
    const client = await open(address(catalogRoles.superuser, 'postgres', secretFile(keys('catalog-password'))))
    await client.query("SET log_min_error_statement = 'panic'; SET log_statement = 'none'")
    await client.query(`ALTER ROLE ${catalogRoles.superuser} PASSWORD ${pg.escapeLiteral(superuser)}`)
    return client
  }
  await waitUntilReady(() => connect('postgres').catch(renew), child, log)

  const passwords = {
    owner: secretFile(keys('catalog-password')),
    backup: secretFile(keys('catalog-backup-password')),
    sample: secretFile(keys('sample-password')),
  }
  await prepareRoles(connect, passwords, { sample: options.demo })
  return {
    url: address(catalogRoles.owner, catalogDatabase, passwords.owner),
    backupUrl: address(catalogRoles.backup, catalogDatabase, passwords.backup),
    sampleUrl: address(catalogRoles.sample, sampleDatabase, passwords.sample),
    child,
    again,
    bin: place.bin,
  }
}

/**
 * Who may connect: any user of this machine, over loopback, with a password. Rewritten at every start. There is no socket
 * in the file system, and no rule that lets in a system user for being one.
 */
function writeAccessRules(place: PostgresPlace, data: string): void {
  const file = path.join(data, 'pg_hba.conf')
  writeFileSync(file, '# Written by Holdfast at every start.\nhost all all 127.0.0.1/32 scram-sha-256\n', {
    mode: 0o600,
  })
  if (place.user) chownSync(file, place.user.uid, place.user.gid)
}

function startServer(place: PostgresPlace, data: string, port: number, log: LogFile): Child {
  const settings = {
    listen_addresses: '127.0.0.1',
    port: String(port),
    unix_socket_directories: '',
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

async function open(url: string): Promise<pg.Client> {
  const client = new pg.Client({
    connectionString: url,
    connectionTimeoutMillis: 5000,
    application_name: 'holdfast-start',
  })
  client.on('error', () => undefined)
  try {
    await client.connect()
    return client
  } catch (error) {
    await client.end().catch(() => undefined)
    throw error
  }
}

const wrongPassword = '28P01'
const codeOf = (error: unknown) => (error instanceof Error && 'code' in error ? error.code : null)

async function waitUntilReady(connect: () => Promise<pg.Client>, child: Child, log: LogFile): Promise<void> {
  const deadline = Date.now() + READY_WITHIN_MS
  for (;;) {
    if (child.ended) throw startFailed(log)
    try {
      await (await connect()).end()
      return
    } catch (error) {
      if (codeOf(error) === wrongPassword) {
        throw new HoldfastError(
          'catalog-password-wrong',
          "The catalog's server refuses the password in HOLDFAST_HOME/keys/catalog-superuser-password.",
          { remedy: keysRemedy },
        )
      }
      if (Date.now() > deadline) throw startFailed(log)
    }
    await delay(50)
  }
}

const keysRemedy = 'Put the keys folder back from its copy; the data is untouched.'

const passwordMissing = (folder: string) =>
  new HoldfastError('catalog-password-missing', `The catalog's passwords in ${folder} are gone.`, {
    remedy: keysRemedy,
  })

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
