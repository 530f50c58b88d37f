import type { ClientBase } from 'pg'
import type { Finding } from '@/lib/contracts/source'
import { quoteIdentifier, quoteQualified } from '@/lib/engines/postgres/connect/quote'
import { readWithheld } from './read-withheld'
import type { ServerIdentity } from '@/lib/engines/postgres/connect/server-facts'

const listed = 100
const own = `n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast') AND n.nspname !~ '^pg_(temp|toast_temp)_'`

/** What keeps a complete dump from being taken by this role. Empty lists: nothing. */
export interface Access {
  unreadable: string[]
  findings: Finding[]
  /** What the server shows to this role in part or not at all, and pg_dump leaves out, in words. */
  withheld: string[]
}

interface Missing {
  kind: 'schema' | 'table' | 'sequence' | 'object' | 'policy'
  schema: string
  name: string
}

/** Asks for everything that pg_dump will read; of extensions' members that is the rows of their settings. */
export async function readAccess(client: ClientBase, identity: ServerIdentity): Promise<Access> {
  if (identity.superuser) return { unreadable: [], findings: [], withheld: [] }
  const { rows } = await client.query<Missing>(
    `WITH mine AS (
       SELECT c.oid, c.relkind, n.oid AS nsp, n.nspname::text AS schema, c.relname::text AS name
         FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE c.relkind IN ('r', 'p', 'S') AND c.relpersistence <> 't' AND ${own}
          AND (NOT EXISTS (SELECT FROM pg_depend d
                            WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
               OR EXISTS (SELECT FROM pg_extension e WHERE c.oid = ANY (e.extconfig)))
     )
     (SELECT 'schema' AS kind, n.nspname::text AS schema, '' AS name FROM pg_namespace n
       WHERE ${own} AND NOT has_schema_privilege(n.oid, 'USAGE') ORDER BY 2 LIMIT ${listed})
     UNION ALL
     (SELECT 'table', schema, name FROM mine
       WHERE relkind <> 'S' AND NOT has_table_privilege(oid, 'SELECT') ORDER BY 2, 3 LIMIT ${listed})
     UNION ALL
     (SELECT 'sequence', schema, name FROM mine
       WHERE CASE WHEN relkind = 'S' THEN NOT has_sequence_privilege(oid, 'SELECT') ELSE false END ORDER BY 2, 3 LIMIT ${listed})
     UNION ALL
     (SELECT 'policy', schema, name FROM mine WHERE row_security_active(oid) ORDER BY 2, 3 LIMIT ${listed})
     UNION ALL
     (SELECT 'object', '', m.oid::text FROM pg_largeobject_metadata m
       WHERE current_setting('lo_compat_privileges') = 'off' AND NOT pg_has_role(m.lomowner, 'USAGE')
         AND NOT EXISTS (SELECT FROM aclexplode(m.lomacl) a WHERE a.privilege_type = 'SELECT'
                          AND CASE WHEN a.grantee = 0 THEN true ELSE pg_has_role(a.grantee, 'USAGE') END)
       ORDER BY m.oid LIMIT ${listed})`,
  )
  const withheld = await readWithheld(client, identity)
  return {
    unreadable: rows.filter((row) => row.kind !== 'policy').map(describe),
    findings: [...toFindings(rows, identity), ...withheld.map(({ finding }) => finding)],
    withheld: withheld.flatMap(({ what }) => what),
  }
}

function describe(row: Missing): string {
  if (row.kind === 'schema') return quoteIdentifier(row.schema)
  return row.kind === 'object' ? `large object ${row.name}` : quoteQualified(row.schema, row.name)
}

function toFindings(rows: Missing[], identity: ServerIdentity): Finding[] {
  const role = quoteIdentifier(identity.user)
  const findings: Finding[] = []
  const readable = rows.filter((row) => row.kind === 'schema' || row.kind === 'table' || row.kind === 'sequence')
  if (readable.length > 0) {
    findings.push({
      severity: 'error',
      code: 'privilege-missing',
      message: `User ${identity.user} may not read ${amount(readable)}: ${some(readable)}.`,
      remedy: 'Let an administrator of the server run the GRANT below in this database.',
      sql: identity.major >= 14 ? `GRANT pg_read_all_data TO ${role};` : grants(readable, role),
    })
  }
  const objects = rows.filter((row) => row.kind === 'object')
  if (objects.length > 0) {
    findings.push({
      severity: 'error',
      code: 'privilege-missing',
      message: `User ${identity.user} may not read ${amount(objects)}: ${some(objects)}. pg_read_all_data does not cover large objects.`,
      remedy: 'Let the owner of the large objects, or an administrator, run the block below.',
      sql: `DO $$ DECLARE o oid; BEGIN FOR o IN SELECT oid FROM pg_largeobject_metadata LOOP EXECUTE format('GRANT SELECT ON LARGE OBJECT %s TO %s', o, $role$${role}$role$); END LOOP; END $$;`,
    })
  }
  const policies = rows.filter((row) => row.kind === 'policy')
  if (policies.length > 0) {
    findings.push({
      severity: 'error',
      code: 'row-security',
      message: `Row security would hide rows of ${amount(policies)} from user ${identity.user}: ${some(policies)}.`,
      remedy: 'A backup must see all rows. Let an administrator run the ALTER ROLE below, or connect as another role.',
      sql: `ALTER ROLE ${role} BYPASSRLS;`,
    })
  }
  return findings
}

function amount(rows: Missing[]): string {
  const first = rows[0]
  const count = rows.length >= listed ? `${listed} or more` : String(rows.length)
  return `${count} ${first?.kind === 'object' ? 'large ' : ''}object${rows.length === 1 ? '' : 's'}`
}

function some(rows: Missing[]): string {
  const names = rows.slice(0, 5).map(describe).join(', ')
  return rows.length > 5 ? `${names} and others` : names
}

function grants(rows: Missing[], role: string): string {
  const lines = rows.map((row) => {
    if (row.kind === 'schema') return `GRANT USAGE ON SCHEMA ${quoteIdentifier(row.schema)} TO ${role};`
    return `GRANT SELECT ON ${row.kind === 'sequence' ? 'SEQUENCE ' : ''}${quoteQualified(row.schema, row.name)} TO ${role};`
  })
  return lines.join('\n')
}
