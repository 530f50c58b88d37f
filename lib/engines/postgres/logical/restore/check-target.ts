import type { ClientBase } from 'pg'
import { HoldfastError } from '@/lib/core/holdfast-error'
import { decodeText } from '@/lib/engines/postgres/connect/decode-text'
import { nameBytes } from '@/lib/engines/postgres/connect/name-bytes'
import type { Contents } from '@/lib/engines/postgres/logical/archive/save-contents'
import { quoteIdentifier } from '@/lib/engines/postgres/connect/quote'
import { readIdentity } from '@/lib/engines/postgres/connect/server-facts'

/** PostgreSQL cuts longer names silently, which could make one name another's. */
const longestNameBytes = 63

export async function databaseExists(client: ClientBase, name: string): Promise<boolean> {
  const { rowCount } = await client.query('SELECT FROM pg_database WHERE datname = $1', [name])
  return (rowCount ?? 0) > 0
}

export function targetExists(name: string): HoldfastError {
  return new HoldfastError('target-exists', `There is already a database ${name} on the target server.`, {
    remedy: 'Choose a name that is free. A restore never writes into an existing database.',
  })
}

/** Refuses, before the first byte, what cannot end well. */
export async function checkTarget(
  client: ClientBase,
  database: string,
  backupMajor: number,
): Promise<{ serverMajor: number; superuser: boolean }> {
  if (Buffer.byteLength(database) > longestNameBytes || database.includes('\0')) {
    throw new HoldfastError('target-invalid', `The name of the database is longer than ${longestNameBytes} bytes.`, {
      remedy: 'Choose a shorter name.',
    })
  }
  const identity = await readIdentity(client)
  if (await databaseExists(client, database)) throw targetExists(database)
  if (identity.major < backupMajor) {
    throw new HoldfastError(
      'target-too-old',
      `The target server has version ${identity.version}; the backup is of version ${backupMajor}.`,
      { remedy: `Restore into a server of version ${backupMajor} or newer.` },
    )
  }
  if (!identity.superuser && !identity.createDatabase) {
    throw new HoldfastError(
      'privilege-missing',
      `User ${identity.user} may not create databases on the target server.`,
      {
        remedy: `Run as an administrator: ALTER ROLE ${quoteIdentifier(identity.user)} CREATEDB; or restore as another user.`,
      },
    )
  }
  return { serverMajor: identity.major, superuser: identity.superuser }
}

/** Extensions always, and roles when owners are kept, must be there already. */
export async function checkContents(client: ClientBase, contents: Contents, owners: 'keep' | 'drop'): Promise<void> {
  const { rows: available } = await client.query<{ name: string }>(
    'SELECT name::text AS name FROM pg_available_extensions',
  )
  const known = new Set(available.map((row) => row.name))
  const lacking = contents.extensions.filter((name) => !known.has(name))
  if (lacking.length > 0) {
    throw new HoldfastError('extension-missing', `The target server lacks extensions: ${lacking.join(', ')}.`, {
      remedy: 'Install their packages on the target server.',
      facts: { extensions: lacking },
    })
  }
  if (owners === 'drop') return
  await checkOwners(client, contents)
}

/** Roles that own objects must be there, and be such that this role may give objects to them. */
async function checkOwners(client: ClientBase, { owners, encoding }: Contents): Promise<void> {
  // A role is its bytes, which are another name in each encoding; the archive's is that of the database to be.
  const readName = decodeText(encoding)
  const { rows } = await client.query<{ bytes: Buffer; mayGive: boolean; user: string }>(
    `SELECT ${nameBytes('rolname')} AS bytes, pg_has_role(oid, 'MEMBER') AS "mayGive", current_user::text AS user FROM pg_roles`,
  )
  const named = rows.map((row) => ({ ...row, name: readName(row.bytes) })).filter(({ name }) => owners.includes(name))
  const roles = new Set(named.map(({ name }) => name))
  const missing = owners.filter((name) => !roles.has(name))
  const strangers = named.filter((row) => !row.mayGive).map(({ name }) => name)
  if (missing.length === 0 && strangers.length === 0) return
  if (missing.length === 0) {
    const [user = ''] = rows.map((row) => row.user)
    throw new HoldfastError(
      'privilege-missing',
      `User ${user} may not give objects to the roles that own them: ${strangers.join(', ')}.`,
      {
        remedy: `Restore with owners "drop", or run as an administrator: ${strangers
          .map((name) => `GRANT ${quoteIdentifier(name)} TO ${quoteIdentifier(user)};`)
          .join(' ')}`,
        facts: { roles: strangers },
      },
    )
  }
  throw new HoldfastError('roles-missing', `The target server lacks roles that own objects: ${missing.join(', ')}.`, {
    remedy: 'Create them there (the globals file of the backup has them), or restore with owners "drop".',
    facts: { roles: missing },
  })
}
