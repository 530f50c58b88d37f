import type { ClientBase } from 'pg'
import { HoldfastError } from '@/lib/core/holdfast-error'
import { createDatabase } from '../create-database'
import { errorCode } from '../classify-error'
import type { ManifestFacts } from '../manifest-facts'

/** What the backup's database needs and this machine lacks is no fault of the backup: the test cannot decide. */
export async function requireExtensions(client: ClientBase, facts: ManifestFacts): Promise<void> {
  const { rows } = await client.query<{ name: string }>('SELECT name::text AS name FROM pg_available_extensions')
  const available = new Set(rows.map((row) => row.name))
  const missing = facts.extensions.filter((name) => !available.has(name))
  const first = missing[0]
  if (!first) return
  throw new HoldfastError(
    'sandbox-unavailable',
    `The sandbox lacks extensions that the database uses: ${missing.join(', ')}.`,
    {
      remedy: `Install them on this machine for PostgreSQL ${facts.serverMajor}, on Debian or Ubuntu for example: apt-get install postgresql-contrib postgresql-${facts.serverMajor}-${first.replaceAll('_', '-')}`,
      facts: { missing },
    },
  )
}

const duplicateObject = '42710'

/** Roles of the source, then an empty database like the source's; returns warnings. */
export async function prepareDatabase(
  client: ClientBase,
  database: string,
  globals: string[],
  facts: ManifestFacts,
): Promise<string[]> {
  for (const statement of globals) {
    try {
      await client.query(statement)
    } catch (error) {
      // A role of the source that has the name of the sandbox's own.
      if (errorCode(error) !== duplicateObject) throw error
    }
  }
  await client.query('RESET ALL')
  return await createDatabase(client, database, facts.locale, facts.serverMajor, 'FILE_COPY')
}
