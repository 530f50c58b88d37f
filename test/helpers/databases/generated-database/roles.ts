import { type Draft } from './draft'
import { schemaLength } from './keys'
import { quote } from './names'

/** Roles of this database alone: the number in their names is its own. */
export function drawRoles(draft: Draft, prefix: string): void {
  const { random } = draft
  const count = 2 + random.below(3)
  for (let number = 0; number < count; number += 1) {
    const name = quote(`${prefix}${draft.names.raw()}`.slice(0, 55))
    draft.roles.push(name)
    const options = draft.some(['LOGIN', 'CREATEDB', 'CREATEROLE', 'REPLICATION', 'BYPASSRLS', 'NOINHERIT'], 3)
    draft.add(`CREATE ROLE ${name} ${options.join(' ')}`)
  }
  const [first = '', second = ''] = draft.roles
  draft.add(`GRANT ${first} TO ${second}${draft.oneIn(2) ? ' WITH ADMIN OPTION' : ''}`)
  if (draft.oneIn(3)) draft.add(`ALTER ROLE ${first} CONNECTION LIMIT 3 VALID UNTIL 'infinity' PASSWORD 'p''w'`)
  if (draft.oneIn(3)) draft.add(`COMMENT ON ROLE ${second} IS ${draft.oneIn(2) ? `'a role'` : `'it''s\nodd'`}`)
  if (draft.oneIn(4))
    draft.add(`ALTER ROLE ${first} SET work_mem = '8MB'`, `ALTER ROLE ${first} SET app.role = 'a "b" ''c'''`)
}

/** Owners, rights and row security over all that was made. */
export function drawRights(draft: Draft): void {
  const { random, roles, tables } = draft
  const role = () => random.pick(roles)
  for (const schema of draft.schemas) {
    if (draft.oneIn(2)) draft.add(`GRANT USAGE${draft.oneIn(2) ? ', CREATE' : ''} ON SCHEMA ${schema} TO ${role()}`)
    if (draft.oneIn(5)) draft.add(`ALTER SCHEMA ${schema} OWNER TO ${role()}`)
    if (draft.oneIn(4)) {
      const rights = random.pick(['SELECT ON TABLES', 'USAGE ON SEQUENCES', 'EXECUTE ON FUNCTIONS', 'USAGE ON TYPES'])
      draft.add(`ALTER DEFAULT PRIVILEGES FOR ROLE ${role()} IN SCHEMA ${schema} GRANT ${rights} TO ${role()}`)
    }
  }
  if (draft.oneIn(4)) draft.add(`ALTER DEFAULT PRIVILEGES FOR ROLE ${role()} REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC`)
  if (draft.oneIn(6)) draft.add(`ALTER DEFAULT PRIVILEGES REVOKE ALL ON TABLES FROM postgres`)
  for (const table of tables) {
    const [column] = draft.some(table.columns, 1)
    if (draft.oneIn(3)) draft.add(`ALTER TABLE ${table.name} OWNER TO ${role()}`)
    if (draft.oneIn(3)) draft.add(`GRANT SELECT ON ${table.name} TO ${role()} WITH GRANT OPTION`)
    if (draft.oneIn(5)) draft.add(`GRANT INSERT, TRIGGER, TRUNCATE ON ${table.name} TO PUBLIC`)
    if (draft.oneIn(6)) draft.add(`REVOKE ALL ON ${table.name} FROM postgres`)
    if (column) draft.add(`GRANT SELECT (${column.name}), UPDATE (${table.key}) ON ${table.name} TO ${role()}`)
    if (draft.oneIn(4)) drawPolicies(draft, table.name, table.key)
    if (draft.oneIn(8)) {
      // A right that was handed on by the role that was given it.
      const [giver = '', taker = ''] = roles
      draft.add(
        `GRANT USAGE ON SCHEMA ${table.name.slice(0, schemaLength(table.name))} TO ${giver}`,
        `GRANT UPDATE ON ${table.name} TO ${giver} WITH GRANT OPTION`,
        `SET SESSION AUTHORIZATION ${giver}`,
        `GRANT UPDATE ON ${table.name} TO ${taker}`,
        'RESET SESSION AUTHORIZATION',
      )
    }
  }
  for (const view of draft.views) if (draft.oneIn(4)) draft.add(`GRANT SELECT ON ${view} TO PUBLIC`)
  if (draft.oneIn(3)) {
    draft.add(`REVOKE ${random.pick(['CONNECT', 'TEMPORARY', 'ALL'])} ON DATABASE ${draft.database} FROM PUBLIC`)
    draft.add(`GRANT CONNECT, CREATE ON DATABASE ${draft.database} TO ${role()} WITH GRANT OPTION`)
  }
  if (draft.oneIn(4)) draft.add(`ALTER DATABASE ${draft.database} OWNER TO ${role()}`)
}

function drawPolicies(draft: Draft, table: string, key: string): void {
  draft.add(`ALTER TABLE ${table} ENABLE ROW LEVEL SECURITY`)
  if (draft.oneIn(2)) draft.add(`ALTER TABLE ${table} FORCE ROW LEVEL SECURITY`)
  const kind = draft.random.pick(['PERMISSIVE', 'RESTRICTIVE'])
  const to = draft.oneIn(2) ? 'PUBLIC' : draft.random.pick(draft.roles)
  draft.add(`CREATE POLICY ${draft.names.fresh()} ON ${table} AS ${kind} FOR SELECT TO ${to} USING (${key} % 2 = 0)`)
  draft.add(
    `CREATE POLICY ${draft.names.fresh()} ON ${table} FOR ALL TO CURRENT_USER USING (current_user <> 'nobody') WITH CHECK (${key} > 0)`,
  )
}
