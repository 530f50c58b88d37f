import { execFileSync } from 'node:child_process'
import path from 'node:path'
import { Client } from 'pg'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { prepareLimitedRole } from '@/lib/db/limited-role'
import { migrate } from '@/lib/db/migrate'
import { startPostgres, type TestPostgres } from '../helpers/servers/postgres'

const root = path.resolve(import.meta.dirname, '../..')
const password = "it's \\ a pass$word"
let pg: TestPostgres
let catalog: Client

beforeAll(async () => {
  pg = await startPostgres({ password: 'of the superuser' })
  const env = {
    ...process.env,
    PGHOST: pg.host,
    PGPORT: String(pg.port),
    PGPASSWORD: 'of the superuser',
    POSTGRES_USER: 'postgres',
    CATALOG_PASSWORD: password,
  }
  execFileSync('sh', [path.join(root, 'deploy/docker/catalog.sh')], { env, stdio: 'pipe' })
  catalog = new Client({ host: pg.host, port: pg.port, user: 'holdfast', database: 'holdfast', password })
  await catalog.connect()
})
afterAll(async () => {
  await catalog.end()
  await pg.close()
})

it('what the compose file runs in PostgreSQL gives the catalog an owner that is no superuser', async () => {
  const { rows } = await catalog.query(
    'SELECT rolsuper, rolcreatedb, rolcreaterole, rolbypassrls FROM pg_roles WHERE rolname = current_user',
  )
  expect(rows).toEqual([{ rolsuper: false, rolcreatedb: false, rolcreaterole: false, rolbypassrls: false }])
  const url = `postgresql://holdfast:${encodeURIComponent(password)}@${pg.host}:${pg.port}/holdfast`
  await migrate(url, path.join(root, 'prisma/migrations'))
  expect(await prepareLimitedRole(url)).toBeNull()
  const { rows: made } = await catalog.query("SELECT to_regclass('backup_history')::text AS name")
  expect(made).toEqual([{ name: 'backup_history' }])
})

it('and nobody comes in over the network as superuser', async () => {
  const superuser = new Client({ host: pg.host, port: pg.port, user: 'postgres', password: 'of the superuser' })
  await expect(superuser.connect()).rejects.toThrow('password authentication failed')
})
