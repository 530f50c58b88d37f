import { createHash, randomUUID } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import path from 'node:path'
import pg from 'pg'
import { HoldfastError } from '../core/holdfast-error'

/** The advisory lock that Prisma Migrate takes too, so that its CLI and this runner exclude each other. */
const LOCK = 72_707_369

interface AppliedRow {
  migration_name: string
  checksum: string
  finished_at: Date | null
}

/**
 * Applies `dir/<name>/migration.sql` in order, with the table, checksums and lock of `prisma migrate deploy`, so that
 * both can be used on one catalog. Each file is one transaction. Concurrent runners wait for each other.
 *
 * Errors: `migration-failed` (also when an earlier one failed half-way), `migration-edited`, `catalog-newer`
 * (the catalog was migrated by a newer release), and what connecting throws.
 */
export async function migrate(
  url: string,
  dir: string,
  options: { onApplied?: (name: string) => void; lockTimeoutMs?: number } = {},
): Promise<string[]> {
  const db = new pg.Client({
    connectionString: url,
    application_name: 'holdfast-migrate',
    connectionTimeoutMillis: 15_000,
  })
  await db.connect()
  try {
    await takeLock(db, options.lockTimeoutMs ?? 60_000)
    const names = await migrationNames(dir)
    const done = await readApplied(db, names)
    const applied: string[] = []
    for (const name of names) {
      if (!(await applyOne(db, name, await readFile(path.join(dir, name, 'migration.sql'), 'utf8'), done.get(name))))
        continue
      applied.push(name)
      options.onApplied?.(name)
    }
    return applied
  } finally {
    await db.end() // the lock belongs to the session and goes with it
  }
}

async function takeLock(db: pg.Client, timeoutMs: number): Promise<void> {
  await db.query(`SET lock_timeout = ${Math.round(timeoutMs)}`)
  await db.query('SELECT pg_advisory_lock($1)', [LOCK])
  await db.query('SET lock_timeout = 0')
  await db.query(`CREATE TABLE IF NOT EXISTS _prisma_migrations (
    id VARCHAR(36) PRIMARY KEY NOT NULL, checksum VARCHAR(64) NOT NULL, finished_at TIMESTAMPTZ,
    migration_name VARCHAR(255) NOT NULL, logs TEXT, rolled_back_at TIMESTAMPTZ,
    started_at TIMESTAMPTZ NOT NULL DEFAULT now(), applied_steps_count INTEGER NOT NULL DEFAULT 0)`)
}

async function migrationNames(dir: string): Promise<string[]> {
  const entries = await readdir(dir, { withFileTypes: true })
  return entries
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort()
}

/** Name to checksum of what the catalog has; refuses a catalog that this release must not touch. */
async function readApplied(db: pg.Client, names: string[]): Promise<Map<string, string>> {
  const { rows } = await db.query<AppliedRow>(
    'SELECT migration_name, checksum, finished_at FROM _prisma_migrations WHERE rolled_back_at IS NULL ORDER BY started_at',
  )
  const failed = rows.filter((row) => row.finished_at === null).map((row) => row.migration_name)
  if (failed.length) {
    throw new HoldfastError('migration-failed', `An earlier start failed in migration ${failed.join(', ')}.`, {
      remedy: 'Read the column "logs" of _prisma_migrations, fix the cause, delete that row and start again.',
      facts: { failed },
    })
  }
  const unknown = rows.map((row) => row.migration_name).filter((name) => !names.includes(name))
  if (unknown.length) {
    throw new HoldfastError('catalog-newer', `The catalog was migrated by a newer release (${unknown.join(', ')}).`, {
      remedy: 'Start the newer release, or restore the catalog from a backup of this one.',
      facts: { unknown },
    })
  }
  return new Map(rows.map((row) => [row.migration_name, row.checksum]))
}

/** True when the migration was applied now. */
async function applyOne(db: pg.Client, name: string, sql: string, have: string | undefined): Promise<boolean> {
  const checksum = createHash('sha256').update(sql).digest('hex')
  if (have === checksum) return false
  if (have !== undefined) {
    throw new HoldfastError('migration-edited', `Migration ${name} was changed after it had been applied.`, {
      remedy: 'Restore the file from the release; write a new migration for further changes.',
    })
  }
  const id = randomUUID()
  await db.query('INSERT INTO _prisma_migrations (id, checksum, migration_name) VALUES ($1, $2, $3)', [
    id,
    checksum,
    name,
  ])
  try {
    // One simple query: the server runs the whole file as one implicit transaction.
    await db.query(sql)
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    await db.query('ROLLBACK').catch(() => undefined)
    await db.query('UPDATE _prisma_migrations SET logs = $2 WHERE id = $1', [id, reason])
    throw new HoldfastError('migration-failed', `Migration ${name} failed: ${reason}`, { cause: error })
  }
  await db.query('UPDATE _prisma_migrations SET finished_at = now(), applied_steps_count = 1 WHERE id = $1', [id])
  return true
}
