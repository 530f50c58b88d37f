import type { ClientBase } from 'pg'
import { nameBytes } from '@/lib/engines/postgres/connect/name-bytes'
import type { UnreadableRole } from '@/lib/engines/postgres/inspect/unreadable-roles'

/** Settings that hold a list of names, each quoted where it needs to be. */
const lists = [
  'local_preload_libraries',
  'search_path',
  'session_preload_libraries',
  'shared_preload_libraries',
  'temp_tablespaces',
  'unix_socket_directories',
]

/** As pg_dumpall writes them: each role, its comment and settings, then who is whose member. */
const statementsQuery = (catalog: 'pg_authid' | 'pg_roles', serverMajor: number) => `
  WITH readable AS (
    SELECT oid, rolname, pg_catalog.quote_ident(rolname) AS name, rolsuper, rolinherit, rolcreaterole, rolcreatedb, rolcanlogin,
           rolreplication, rolbypassrls, rolconnlimit, rolvaliduntil,
           ${catalog === 'pg_authid' ? 'rolpassword' : 'NULL::text AS rolpassword'}
      FROM pg_catalog.${catalog} WHERE oid::text <> ALL ($1::text[]) AND (oid = 10 OR oid >= 16384)
  )
  SELECT ${nameBytes('sql')} AS sql FROM (
    SELECT 1 AS part, name, '' AS more, format(E'CREATE ROLE %s;\nALTER ROLE %s WITH %s;', name, name, concat_ws(' ',
             CASE WHEN rolsuper THEN 'SUPERUSER' ELSE 'NOSUPERUSER' END, CASE WHEN rolinherit THEN 'INHERIT' ELSE 'NOINHERIT' END,
             CASE WHEN rolcreaterole THEN 'CREATEROLE' ELSE 'NOCREATEROLE' END, CASE WHEN rolcreatedb THEN 'CREATEDB' ELSE 'NOCREATEDB' END,
             CASE WHEN rolcanlogin THEN 'LOGIN' ELSE 'NOLOGIN' END, CASE WHEN rolreplication THEN 'REPLICATION' ELSE 'NOREPLICATION' END,
             CASE WHEN rolbypassrls THEN 'BYPASSRLS' ELSE 'NOBYPASSRLS' END,
             CASE WHEN rolconnlimit <> -1 THEN 'CONNECTION LIMIT ' || rolconnlimit END,
             'PASSWORD ' || quote_literal(rolpassword), 'VALID UNTIL ' || quote_literal(rolvaliduntil::text))) AS sql
      FROM readable
    UNION ALL
    SELECT 2, name, '', format('COMMENT ON ROLE %s IS %L;', name, shobj_description(oid, 'pg_authid'))
      FROM readable WHERE shobj_description(oid, 'pg_authid') IS NOT NULL
    UNION ALL
    SELECT 3, r.name, to_char(n, '000000'), format('ALTER ROLE %s SET %s TO %s;', r.name, quote_ident(split_part(c, '=', 1)),
             CASE WHEN split_part(c, '=', 1) = ANY ($2::text[]) THEN ${elements("substr(c, strpos(c, '=') + 1)")}
                  ELSE quote_literal(substr(c, strpos(c, '=') + 1)) END)
      FROM readable r JOIN pg_catalog.pg_db_role_setting s ON s.setrole = r.oid AND s.setdatabase = 0, unnest(s.setconfig) WITH ORDINALITY u (c, n)
    UNION ALL
    SELECT 4, role.name, member.name, format('GRANT %s TO %s%s;', role.name, member.name, ${memberOptions(serverMajor)})
      FROM pg_catalog.pg_auth_members m JOIN readable member ON member.oid = m.member
      JOIN (SELECT oid, pg_catalog.quote_ident(rolname) AS name FROM pg_catalog.pg_roles WHERE oid::text <> ALL ($1::text[])) role
        ON role.oid = m.roleid
  ) statements ORDER BY part, name COLLATE "C", more COLLATE "C"`

/** Each name of a list by itself as a literal, as pg_dumpall writes them: the author of the list chose what stands in it. */
const elements = (list: string): string => String.raw`coalesce((
               SELECT string_agg(quote_literal(CASE WHEN e[1] LIKE '"%' THEN replace(substr(e[1], 2, length(e[1]) - 2), '""', '"') ELSE e[1] END),
                                 ', ' ORDER BY at)
                 FROM regexp_matches(${list}, '"(?:[^"]|"")*"|[^,\s]+', 'g') WITH ORDINALITY AS found (e, at)), '''''')`

function memberOptions(serverMajor: number): string {
  const admin = `CASE WHEN m.admin_option THEN ' WITH ADMIN OPTION' ELSE '' END`
  if (serverMajor < 16) return admin
  return `format(' WITH ADMIN %s, INHERIT %s, SET %s', m.admin_option, m.inherit_option, m.set_option)`
}

/** Roles that can be read, for a server on which pg_dumpall ends at one that cannot. Tablespaces and parameters are left out. */
export async function writeRoles(
  client: ClientBase,
  input: { unreadable: UnreadableRole[]; withPasswords: boolean; serverMajor: number; encoding: string },
): Promise<Buffer> {
  const query = statementsQuery(input.withPasswords ? 'pg_authid' : 'pg_roles', input.serverMajor)
  const { rows } = await client.query<{ sql: Buffer }>(query, [input.unreadable.map(({ oid }) => oid), lists])
  const head = [
    '--',
    '-- Roles as far as their names are text in the encoding of the database that was backed up.',
    '--',
    '',
    'SET default_transaction_read_only = off;',
    `SET client_encoding = '${input.encoding}';`,
    'SET standard_conforming_strings = on;',
    '',
  ].join('\n')
  const newLine = Buffer.from('\n')
  return Buffer.concat([Buffer.from(head), newLine, ...rows.flatMap(({ sql }) => [sql, newLine])])
}
