import type { ClientBase } from 'pg'
import type { Finding } from '@/lib/contracts/source'
import { rolePasswords } from '@/lib/core/health/role-passwords'
import { quoteIdentifier } from '@/lib/engines/postgres/connect/quote'
import type { ServerIdentity } from '@/lib/engines/postgres/connect/server-facts'

/** What a backup by this role lacks, in words, and how that is mended. */
export interface Withheld {
  what: string[]
  finding: Finding
}

const listed = 100

interface Row {
  kind: 'subscription' | 'mapping' | 'public-mapping' | 'password'
  name: string
  owner: string
}

/**
 * What the server shows to superusers only, or to certain roles. pg_dump takes it as not being there: the dump is made
 * without it, with a warning or with none.
 */
export async function readWithheld(client: ClientBase, identity: ServerIdentity): Promise<Withheld[]> {
  const { rows } = await client.query<Row>(
    `(SELECT 'subscription' AS kind, subname::text AS name, '' AS owner FROM pg_subscription
       WHERE subdbid = (SELECT oid FROM pg_database WHERE datname = current_database()) ORDER BY 2 LIMIT ${listed})
     UNION ALL
     (SELECT CASE WHEN m.umuser = 0 THEN 'public-mapping' ELSE 'mapping' END, m.usename || ' on server ' || m.srvname,
             pg_get_userbyid(s.srvowner)::text
        FROM pg_user_mappings m JOIN pg_foreign_server s ON s.oid = m.srvid
       WHERE m.umoptions IS NULL
         AND NOT CASE WHEN m.umuser = 0 THEN pg_has_role(s.srvowner, 'USAGE')
                      ELSE m.usename = current_user
                           AND (pg_has_role(s.srvowner, 'USAGE') OR has_server_privilege(s.oid, 'USAGE')) END
       ORDER BY 2 LIMIT ${listed})
     UNION ALL
     SELECT 'password', '', '' WHERE NOT has_table_privilege('pg_catalog.pg_authid', 'SELECT')`,
  )
  const of = (...kinds: Row['kind'][]) => rows.filter((row) => kinds.includes(row.kind))
  const role = quoteIdentifier(identity.user)
  const found: Withheld[] = []
  const subscriptions = of('subscription')
  if (subscriptions.length > 0) {
    found.push({
      what: subscriptions.map(({ name }) => `subscription ${name}`),
      finding: withheld(
        `Backups by user ${identity.user} lack ${names('subscription', subscriptions)}: only a superuser may read the connection.`,
        'Back up as a superuser, or keep their CREATE SUBSCRIPTION statements elsewhere.',
        `ALTER ROLE ${role} SUPERUSER;`,
      ),
    })
  }
  const mappings = of('mapping', 'public-mapping')
  if (mappings.length > 0) {
    const owners = [...new Set(of('public-mapping').map(({ owner }) => owner))]
    const onlyPublic = of('mapping').length === 0
    found.push({
      what: mappings.map(({ name }) => `options of the user mapping for ${name}`),
      finding: withheld(
        `Backups by user ${identity.user} lack the options (names and passwords) of ${names('user mapping', mappings)}.`,
        onlyPublic
          ? 'Make the role a member of the owner of the server, as below, or keep the options elsewhere.'
          : 'Only a superuser may read those of others: back up as one, or keep the options elsewhere.',
        onlyPublic
          ? owners.map((owner) => `GRANT ${quoteIdentifier(owner)} TO ${role};`).join('\n')
          : `ALTER ROLE ${role} SUPERUSER;`,
      ),
    })
  }
  if (of('password').length > 0) {
    found.push({
      what: [rolePasswords],
      finding: {
        ...withheld(
          `Backups by user ${identity.user} lack the passwords of roles: on a new server they would have to be set again.`,
          'Let an administrator of the server run the GRANT below in this database, if backups are to hold them.',
          `GRANT SELECT ON pg_catalog.pg_authid TO ${role};`,
        ),
        severity: 'info',
      },
    })
  }
  return found
}

const withheld = (message: string, remedy: string, sql: string): Finding => ({
  severity: 'warning',
  code: 'not-in-backup',
  message,
  remedy,
  sql,
})

function names(noun: string, rows: Row[]): string {
  const shown = rows.slice(0, 5).map(({ name }) => name)
  const more = rows.length > shown.length ? ' and others' : ''
  return `${noun}${rows.length === 1 ? '' : 's'} ${shown.join(', ')}${more}`
}
