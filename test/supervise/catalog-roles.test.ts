import { type ChildProcess, spawn } from 'node:child_process'
import { chmodSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import pg from 'pg'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { catalogDatabase, catalogRoles, sampleDatabase } from '@/lib/db/catalog-roles'
import { createDb } from '@/lib/db/client'
import { limitToSources } from '@/lib/db/limit-to-sources'
import { migrate } from '@/lib/db/migrate'
import { runScript } from '@/lib/db/run-script'
import { startChild } from '@/scripts/supervise/child'
import { prepareHome } from '@/scripts/supervise/home'
import { openLogFile } from '@/scripts/supervise/log-file'
import { openCatalog } from '@/scripts/supervise/open-catalog'
import type { SuperviseOptions } from '@/scripts/supervise/options'
import { findPlace } from '@/scripts/supervise/postgres/find-place'
import { initCluster } from '@/scripts/supervise/postgres/init-cluster'
import { startPostgres } from '@/scripts/supervise/postgres/start-postgres'
import type { CatalogServer } from '@/scripts/supervise/postgres/start-postgres'
import { secretFile } from '@/scripts/supervise/secret-file'
import { catalogAddress } from '@/worker/cli/catalog-address'
import { freePort } from '../helpers/servers/ports'
import { tempDir } from '../helpers/temp'
import { waitFor } from '../helpers/wait-for'

const root = path.resolve(import.meta.dirname, '../..')
const migrations = path.join(root, 'prisma/migrations')
const longMs = 600_000
let dir: Awaited<ReturnType<typeof tempDir>>
let options: SuperviseOptions
let warnings: string[]
const running: { stop(): Promise<unknown> }[] = []

beforeEach(async () => {
  dir = await tempDir('supervise')
  chmodSync(dir.path, 0o711)
  const home = path.join(dir.path, 'home')
  warnings = []
  const warn = (line: string) => void warnings.push(line)
  options = { root, home, host: '127.0.0.1', port: 0, dev: false, demo: true, say: () => {}, warn }
  prepareHome(home)
})
afterEach(async () => {
  for (const each of running.splice(0).toReversed()) await each.stop()
  await dir.remove()
})

async function start(): Promise<CatalogServer> {
  const server = await startPostgres(options, openLogFile(path.join(options.home, 'logs/postgres.log')))
  running.push({ stop: () => server.child.stop('SIGINT', 30_000) })
  return server
}

async function query(url: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows
  } finally {
    await client.end()
  }
}

const password = (name: string) => readFileSync(path.join(options.home, 'keys', name), 'utf8').trim()

function as(server: CatalogServer, role: string, secret: string, database: string = catalogDatabase): string {
  const url = new URL(server.url)
  Object.assign(url, { username: role, password: secret, pathname: `/${database}` })
  return url.href
}

const rights = `SELECT rolsuper, rolcreatedb, rolcreaterole, rolreplication, rolbypassrls FROM pg_roles WHERE rolname = current_user`
const none = { rolsuper: false, rolcreatedb: false, rolcreaterole: false, rolreplication: false, rolbypassrls: false }

test(
  'web, worker and backups connect to the catalog as roles that can do nothing else (security 14, 22)',
  async () => {
    const server = await start()
    await openCatalog(server.url, options)
    for (const url of [server.url, server.sampleUrl]) expect(await query(url, rights)).toEqual([none])
    // Row security is for limited tokens: pg_dump refuses to run as a role from which it might hide rows.
    expect(await query(server.backupUrl, rights)).toEqual([{ ...none, rolbypassrls: true }])
    const limited = `holdfast_limited_${catalogRoles.owner}`
    const whole = `SELECT rolcanlogin, array(SELECT roleid::regrole::text FROM pg_auth_members WHERE member = r.oid) AS of
                     FROM pg_roles r WHERE rolname = '${limited}'`
    expect(await query(server.url, whole)).toEqual([{ rolcanlogin: false, of: [] }])
    const db = createDb(server.url, 1)
    expect(await (await limitToSources(db, [])).source.count()).toBe(0)
    await db.$disconnect()
    expect(warnings).toEqual([])
    expect(catalogAddress({ NODE_ENV: 'test' }, options.home)).toBe(server.url)

    // The backup role reads every table, and changes none.
    const tables = await query(
      server.url,
      `SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables WHERE schemaname = 'public'`,
    )
    expect(tables.length).toBeGreaterThan(30)
    await query(server.backupUrl, tables.map(({ name }) => `SELECT count(*) FROM ${String(name)}`).join(';'))
    for (const sql of [
      "INSERT INTO setting VALUES ('x', '{}', now())",
      "UPDATE app_user SET role = 'admin'",
      'CREATE TABLE public.mine ()',
      'CREATE SCHEMA mine',
      "COPY (SELECT 1) TO PROGRAM 'true'",
      "COPY (SELECT 1) TO '/tmp/holdfast-never'",
      'CREATE ROLE mine',
      `SET ROLE ${catalogRoles.owner}`,
      `SET ROLE holdfast_limited_${catalogRoles.owner}`,
    ]) {
      await expect(query(server.backupUrl, sql), sql).rejects.toMatchObject({ code: '42501' })
    }
    for (const sql of ["COPY (SELECT 1) TO PROGRAM 'true'", 'CREATE DATABASE mine', 'CREATE ROLE mine SUPERUSER']) {
      await expect(query(server.url, sql), sql).rejects.toMatchObject({ code: '42501' })
    }
    // The sample's role gets into its own database alone, and the catalog's into theirs.
    const [sample, backup] = [password('sample-password'), password('catalog-backup-password')]
    for (const [role, secret, database] of [
      [catalogRoles.sample, sample, catalogDatabase],
      [catalogRoles.sample, sample, 'postgres'],
      [catalogRoles.backup, backup, sampleDatabase],
    ] as const) {
      await expect(query(as(server, role, secret, database), 'SELECT 1')).rejects.toMatchObject({ code: '42501' })
    }
  },
  longMs,
)

test(
  'nobody gets in without a password, whichever system user asks, and each role has one of its own (security 8, 22)',
  async () => {
    const first = await start()
    const data = path.join(findPlace(options).base, 'data')
    const names = ['catalog-superuser-password', 'catalog-password', 'catalog-backup-password', 'sample-password']
    expect(new Set(names.map(password)).size).toBe(names.length)
    for (const name of names) expect(statSync(path.join(options.home, 'keys', name)).mode & 0o777).toBe(0o600)
    expect(await query(as(first, catalogRoles.superuser, password(names[0] ?? '')), rights)).toMatchObject([
      { rolsuper: true },
    ])
    for (const role of Object.values(catalogRoles)) {
      await expect(query(as(first, role, 'guess'), 'SELECT 1')).rejects.toMatchObject({ code: '28P01' })
    }
    expect(readdirSync(data).filter((name) => name.startsWith('.s.PGSQL'))).toEqual([])
    expect(readFileSync(path.join(options.home, 'logs/postgres.log'), 'utf8')).not.toContain(password(names[1] ?? ''))

    // Rules that somebody loosened do not outlive the next start.
    await first.child.stop('SIGINT', 30_000)
    writeFileSync(path.join(data, 'pg_hba.conf'), 'host all all 127.0.0.1/32 trust\nlocal all all trust\n')
    const second = await start()
    await expect(query(as(second, catalogRoles.superuser, 'guess'), 'SELECT 1')).rejects.toMatchObject({
      code: '28P01',
    })
  },
  longMs,
)

/** A home as releases before the roles made it: one role, a superuser, that owns and reads everything. */
async function olderHome(): Promise<string> {
  const place = findPlace(options)
  const secret = secretFile(path.join(options.home, 'keys/catalog-password'))
  const data = initCluster(place, secret)
  const port = await freePort()
  const server = startChild({
    name: 'postgres',
    file: path.join(place.bin, 'postgres'),
    args: ['-D', data, '-c', `port=${port}`, '-c', 'unix_socket_directories='],
    env: { PATH: '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' },
    cwd: '/',
    log: openLogFile(path.join(options.home, 'logs/older.log')),
    user: place.user,
  })
  const url = (database: string) => `postgresql://${catalogRoles.superuser}:${secret}@127.0.0.1:${port}/${database}`
  try {
    await waitFor('the older server', () =>
      query(url('postgres'), 'SELECT 1').then(
        () => true,
        () => false,
      ),
    )
    for (const name of [catalogDatabase, sampleDatabase]) {
      await query(url('postgres'), `CREATE DATABASE ${name} TEMPLATE template0 ENCODING 'UTF8'`)
    }
    await migrate(url(catalogDatabase), migrations)
    await query(url(catalogDatabase), "INSERT INTO setting VALUES ('kept', '42', now())")
    await runScript(url(sampleDatabase), readFileSync(path.join(root, 'prisma/seed/shop.sql'), 'utf8'))
  } finally {
    await server.stop('SIGINT', 30_000)
  }
  return secret
}

/** Everything in a database that a role other than its own has. */
const strangers = (role: string) => `
  SELECT relname::text AS name FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace
   WHERE nspname !~ '^pg_' AND nspname <> 'information_schema' AND relowner <> '${role}'::regrole
  UNION ALL
  SELECT proname::text FROM pg_proc p JOIN pg_namespace n ON n.oid = pronamespace
   WHERE nspname !~ '^pg_' AND nspname <> 'information_schema' AND proowner <> '${role}'::regrole
  UNION ALL
  SELECT typname::text FROM pg_type t JOIN pg_namespace n ON n.oid = typnamespace
   WHERE nspname !~ '^pg_' AND nspname <> 'information_schema' AND typowner <> '${role}'::regrole
  UNION ALL
  SELECT nspname::text FROM pg_namespace
   WHERE nspname !~ '^pg_' AND nspname NOT IN ('information_schema', 'public') AND nspowner <> '${role}'::regrole
  UNION ALL
  SELECT oid::text FROM pg_largeobject_metadata WHERE lomowner <> '${role}'::regrole`

test(
  'a home of an older release keeps everything and loses the superuser at its next start (security 14, 22)',
  async () => {
    const known = await olderHome()
    const server = await start()
    expect(await query(server.url, "SELECT value FROM setting WHERE key = 'kept'")).toEqual([{ value: 42 }])
    expect(await query(server.sampleUrl, 'SELECT count(*) > 0 AS sold FROM sales."order"')).toEqual([{ sold: true }])
    expect(await query(server.url, strangers(catalogRoles.owner))).toEqual([])
    expect(await query(server.sampleUrl, strangers(catalogRoles.sample))).toEqual([])
    // What web and worker knew until now opens the catalog, and the server no more.
    await expect(query(as(server, catalogRoles.superuser, known), 'SELECT 1')).rejects.toMatchObject({ code: '28P01' })
    await openCatalog(server.url, options)
    // The owner carries out migrations to come.
    await query(server.url, 'ALTER TABLE setting ADD COLUMN later int')
    await server.child.stop('SIGINT', 30_000)
    expect(await query((await start()).url, "SELECT value FROM setting WHERE key = 'kept'")).toEqual([{ value: 42 }])
  },
  longMs,
)

test(
  'the first start backs catalog and sample up as these roles and proves both (security 14)',
  async () => {
    const server = await start()
    await openCatalog(server.url, options)
    const worker: ChildProcess = spawn(process.execPath, [path.join(root, 'dist/worker.mjs')], {
      env: {
        PATH: process.env['PATH'] ?? '',
        NODE_ENV: 'production',
        DATABASE_URL: server.url,
        HOLDFAST_CATALOG_BACKUP_URL: server.backupUrl,
        HOLDFAST_SAMPLE_URL: server.sampleUrl,
        HOLDFAST_DEMO: '1',
        HOLDFAST_HOME: options.home,
      },
      stdio: 'ignore',
    })
    const ended = new Promise((resolve) => worker.once('exit', resolve))
    running.push({
      stop: async () => {
        worker.kill('SIGKILL')
        await ended
      },
    })
    const proven = `SELECT s.name, s.catalog, s.connection->>'user' AS role FROM backup_history b JOIN source s ON s.id = b.source_id
                     WHERE b.verified = 'proven' AND NOT b.sample ORDER BY 1`
    await waitFor('both to be proven', async () => (await query(server.url, proven)).length === 2, longMs - 60_000)
    expect(await query(server.url, proven)).toEqual([
      { name: 'Holdfast catalog', catalog: true, role: catalogRoles.backup },
      { name: 'Sample shop', catalog: false, role: catalogRoles.sample },
    ])
  },
  longMs,
)
