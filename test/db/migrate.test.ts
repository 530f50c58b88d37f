import { cp, mkdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { migrate } from '@/lib/db/migrate'
import { emptyDatabase } from '../helpers/databases/empty-database'
import type { EmptyDatabase } from '../helpers/databases/empty-database'
import { tempDir } from '../helpers/temp'

const MIGRATIONS = path.resolve(import.meta.dirname, '../../prisma/migrations')
let dir: Awaited<ReturnType<typeof tempDir>>
beforeAll(async () => {
  dir = await tempDir('migrations')
  await cp(MIGRATIONS, dir.path, { recursive: true })
})
afterAll(() => dir.remove())

async function addMigration(name: string, sql: string): Promise<void> {
  await mkdir(path.join(dir.path, name), { recursive: true })
  await writeFile(path.join(dir.path, name, 'migration.sql'), sql)
}

async function tables(database: EmptyDatabase): Promise<string[]> {
  const client = new pg.Client({ connectionString: database.url })
  await client.connect()
  try {
    const { rows } = await client.query<{ tablename: string }>(
      "SELECT tablename FROM pg_tables WHERE schemaname = 'public'",
    )
    return rows.map((row) => row.tablename)
  } finally {
    await client.end()
  }
}

test('applies each migration once, however many start at the same time', async () => {
  await using database = await emptyDatabase()
  const runs = await Promise.all([1, 2, 3].map(() => migrate(database.url, MIGRATIONS)))
  const applied = runs.flat()
  expect(applied.length).toBeGreaterThan(0)
  expect(new Set(applied).size).toBe(applied.length)
  expect(await tables(database)).toContain('backup_history')
  expect(await migrate(database.url, MIGRATIONS)).toEqual([])
})

test('leaves nothing of a migration that fails, and refuses to go on until a person looked', async () => {
  await using database = await emptyDatabase()
  await addMigration('99990101000000_broken', 'CREATE TABLE half_done (id int); SELECT 1/0;')
  await expect(migrate(database.url, dir.path)).rejects.toMatchObject({ code: 'migration-failed' })
  expect(await tables(database)).not.toContain('half_done')
  await expect(migrate(database.url, dir.path)).rejects.toThrow(/99990101000000_broken/)
})

test('refuses a migration that was edited after it had been applied', async () => {
  await using database = await emptyDatabase()
  await addMigration('99990101000000_broken', 'SELECT 1;')
  await migrate(database.url, dir.path)
  await addMigration('99990101000000_broken', 'SELECT 2;')
  await expect(migrate(database.url, dir.path)).rejects.toMatchObject({ code: 'migration-edited' })
})

test('refuses the catalog of a newer release instead of guessing', async () => {
  await using database = await emptyDatabase()
  await addMigration('99990101000000_broken', 'SELECT 1;')
  await migrate(database.url, dir.path)
  await expect(migrate(database.url, MIGRATIONS)).rejects.toMatchObject({ code: 'catalog-newer' })
})
