import { cp, readdir } from 'node:fs/promises'
import path from 'node:path'
import { migrate } from '@/lib/db/migrate'
import { emptyDatabase } from '../databases/empty-database'
import { tempDir } from '../temp'

const all = path.resolve(import.meta.dirname, '../../../prisma/migrations')

/** A database with the catalog as it was before this migration (the beginning of its name), and how to upgrade it. */
export async function olderCatalog(before: string) {
  const database = await emptyDatabase()
  await using old = await tempDir('old-migrations')
  for (const name of await readdir(all)) {
    if (name < before) await cp(path.join(all, name), path.join(old.path, name), { recursive: true })
  }
  await migrate(database.url, old.path)
  return { ...database, upgrade: () => migrate(database.url, all) }
}
