import type { Client, ClientBase } from 'pg'
import { HoldfastError } from '@/lib/core/holdfast-error'
import { applyEntries } from '@/lib/engines/postgres/logical/restore/apply-entries'
import { createDatabaseAnyway } from '@/lib/engines/postgres/logical/restore/create-database'
import { errorText } from '@/lib/engines/postgres/classify-error'
import type { DatabaseEntries, DatabaseStatement } from '@/lib/engines/postgres/logical/archive/database-entries'
import { isTroubleOfServer } from '@/lib/engines/postgres/connect/is-trouble-of-server'
import type { ManifestFacts } from '@/lib/engines/postgres/logical/archive/manifest-facts'
import { quoteIdentifier, quoteLiteral } from '@/lib/engines/postgres/connect/quote'
import { settingsOfSandbox } from '@/lib/engines/postgres/connect/session-settings'

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

export interface Prepared {
  warnings: string[]
  /** What the source has and this machine does not, in words; what fails for want of it is no fault of the backup. */
  lacking: string[]
  /** Of the database's own statements, those that were taken. */
  applied: DatabaseStatement[]
}

/** Does something on a connection to the database itself. */
export type InDatabase = <T>(work: (client: Client) => Promise<T>) => Promise<T>

/** An empty database like the source's with the settings that shape what is restored. */
export async function prepareDatabase(
  client: ClientBase,
  database: string,
  warnings: string[],
  facts: ManifestFacts,
  entries: DatabaseEntries,
  inDatabase: InDatabase,
): Promise<Prepared> {
  const { locale, serverMajor } = facts
  const lacking = await createDatabaseAnyway(client, database, locale, serverMajor, { strategy: 'FILE_COPY' })
  lacking.push(...(await takeSession(client, facts)))
  const { applied, notTaken } = await makeProperties(inDatabase, database, entries.before)
  lacking.push(...notTaken)
  const told = [...warnings, ...lacking]
  lacking.push(...(await otherVersion(client, database, facts)))
  return { warnings: told, lacking, applied }
}

/** Settings, owner, rights and comment of the database itself. */
export async function makeProperties(
  inDatabase: InDatabase,
  database: string,
  statements: DatabaseStatement[],
): Promise<{ applied: DatabaseStatement[]; notTaken: string[] }> {
  if (statements.length === 0) return { applied: [], notTaken: [] }
  const refused = await inDatabase((client) => applyEntries(client, database, statements))
  const left = new Set(refused.map(({ statement }) => statement))
  return {
    applied: statements.filter((statement) => !left.has(statement)),
    notTaken: refused.map(({ statement, reason }) => notTaken(statement.about, reason)),
  }
}

/** Another version of a locale may sort otherwise: no fault of what sorts alike, and a reason where something fails. */
async function otherVersion(client: ClientBase, database: string, { locale }: ManifestFacts): Promise<string[]> {
  if (locale.collationVersion === null) return []
  const { rows } = await client.query<{ version: string | null }>(
    'SELECT pg_database_collation_actual_version(oid) AS version FROM pg_database WHERE datname = $1',
    [database],
  )
  const here = rows[0]?.version ?? null
  if (here === null || here === locale.collationVersion) return []
  const name = locale.icu ?? locale.collate
  return [
    `This machine sorts by version ${here} of the locale ${name}; the source sorts by ${locale.collationVersion}.`,
  ]
}

const notTaken = (what: string, reason: string) => `This machine does not take the ${what} (${reason}).`

/** Sessions here begin as those of the source do. Answers what this machine does not have. */
async function takeSession(client: ClientBase, { session, usesMoney }: ManifestFacts): Promise<string[]> {
  const lacking: string[] = []
  for (const [name, value] of Object.entries(await settingsOfSandbox(client, session))) {
    try {
      await client.query(`ALTER ROLE CURRENT_USER SET ${quoteIdentifier(name)} TO ${quoteLiteral(value)}`)
    } catch (error) {
      if (isTroubleOfServer(error)) throw error
      if (name === 'lc_monetary' && usesMoney) throw moneyUnreadable(value, error)
      lacking.push(notTaken(`setting ${name} "${value}" of the source`, errorText(error)))
    }
  }
  return lacking
}

function moneyUnreadable(locale: string, cause: unknown): HoldfastError {
  return new HoldfastError(
    'sandbox-unavailable',
    `The database holds amounts of type money, written as in the locale ${locale}, which this machine does not have.`,
    { remedy: localeRemedy(locale), facts: { locale }, cause },
  )
}

export const localeRemedy = (locale: string) =>
  `Add the locale ${locale} to this machine (Debian or Ubuntu: apt-get install locales, then name it in /etc/locale.gen and run locale-gen) and test again.`
