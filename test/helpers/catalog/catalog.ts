import { randomBytes } from 'node:crypto'
import path from 'node:path'
import type pg from 'pg'
import { prepareLimitedRole } from '@/lib/db/limited-role'
import { migrate } from '@/lib/db/migrate'
import { createDb } from '@/lib/db/client'
import type { Db } from '@/lib/db/client'
import { catalogTemplateName } from './catalog-template'
import { asAdmin } from '../databases/empty-database'
import { testPostgresUrl } from '../servers/servers'

/** A migrated catalog of its own; `drop` closes the client and removes the database. */
export interface FreshCatalog {
  url: string
  db: Db
  drop(): Promise<void>
}

/** Cloned from a template that is migrated once per schema: about a tenth of a second. Call it in `beforeAll`. */
export async function freshCatalog(): Promise<FreshCatalog> {
  const server = testPostgresUrl()
  const name = `hf_test_${process.pid}_${randomBytes(4).toString('hex')}`
  await asAdmin(async (admin) => {
    // The lock orders everyone who makes or clones the template: cloning fails while someone is connected to it.
    await admin.query('SELECT pg_advisory_lock(728001)')
    const template = await ensureTemplate(admin, server)
    await admin.query(`CREATE DATABASE "${name}" TEMPLATE "${template}"`)
  })
  const url = withDatabase(server, name)
  const db = createDb(url)
  return { url, db, drop: () => drop(name, db) }
}

async function ensureTemplate(admin: pg.Client, server: string): Promise<string> {
  const migrations = path.resolve(import.meta.dirname, '../../../prisma/migrations')
  const template = await catalogTemplateName(migrations)
  const { rowCount } = await admin.query('SELECT 1 FROM pg_database WHERE datname = $1', [template])
  if (rowCount) return template
  // Built under another name and renamed when complete, so that a killed run never leaves half a template.
  const building = `${template}_building`
  await admin.query(`DROP DATABASE IF EXISTS "${building}" WITH (FORCE)`)
  await admin.query(
    `CREATE DATABASE "${building}" TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C.UTF-8' LC_CTYPE 'C.UTF-8'`,
  )
  await migrate(withDatabase(server, building), migrations)
  await prepareLimitedRole(withDatabase(server, building))
  await admin.query(`ALTER DATABASE "${building}" RENAME TO "${template}"`)
  return template
}

async function drop(name: string, db: Db): Promise<void> {
  await db.$disconnect()
  await asAdmin((admin) => admin.query(`DROP DATABASE IF EXISTS "${name}" WITH (FORCE)`))
}

function withDatabase(server: string, name: string): string {
  const url = new URL(server)
  url.pathname = `/${name}`
  return url.href
}
