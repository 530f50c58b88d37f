import type { ClientBase } from 'pg'
import { readEncoding } from './server-facts'

/** Settings of a session, by name. */
export type Settings = Record<string, string>

/**
 * How values and definitions are written in everything that is dumped, hashed or compared, so that the same rows give the
 * same bytes from any server. The one thing that cannot be fixed is how money is written (`lc_monetary`): plain tools
 * would read other amounts, so it is recorded instead.
 */
const written: Settings = { TimeZone: 'UTC', bytea_output: 'hex', quote_all_identifiers: 'off' }

/** pg_dump sets these itself; whatever reads rows without pg_dump has to set them as well. */
const setByDump: Settings = {
  DateStyle: 'ISO',
  IntervalStyle: 'postgres',
  extra_float_digits: '3',
  row_security: 'off',
}

/**
 * Limits that an administrator may have set for a role or database, and that would end a session which is meant to last
 * as long as a backup does. For how long a dump waits for locks is an option of the source, which the tools are given.
 */
const limits: Settings = {
  statement_timeout: '0',
  idle_in_transaction_session_timeout: '0',
  idle_session_timeout: '0',
  transaction_timeout: '0',
  lock_timeout: '0',
}

/** What a session that restores must start with. All else is the database's own: what is restored is shaped by it. */
const restoring: Settings = {
  ...limits,
  default_transaction_read_only: 'off',
  default_transaction_isolation: 'read committed',
  default_transaction_deferrable: 'off',
  // What is in no tablespace of its own goes into the database's, whatever sessions choose for new tables.
  default_tablespace: '',
}

/** Settings of a database that would stand in the way of its own restore; they are made when its rows are there. */
export const standInTheWay: ReadonlySet<string> = new Set([
  ...Object.keys(restoring),
  'role',
  'session_authorization',
  'session_preload_libraries',
  'local_preload_libraries',
])

/** What shapes the result of expressions: of checks, of generated columns and of materialized views that are filled anew. */
const evaluated = [
  'TimeZone',
  'DateStyle',
  'IntervalStyle',
  'array_nulls',
  'bytea_output',
  'default_text_search_config',
  'extra_float_digits',
  'lc_monetary',
  'lc_numeric',
  'lc_time',
  'timezone_abbreviations',
  'transform_null_equals',
  'xmlbinary',
  'xmloption',
]

/** What a session of this role in this database starts with, for the manifest: none of it is secret. */
export async function readSession(client: ClientBase): Promise<Settings> {
  const { rows } = await client.query<{ name: string; value: string }>(
    'SELECT name, reset_val AS value FROM pg_settings WHERE name = ANY ($1) ORDER BY name',
    [evaluated],
  )
  return Object.fromEntries(rows.map(({ name, value }) => [name, value]))
}

/** For pg_dump. In the database's own encoding, whatever is set for its clients: then nothing is converted. */
export async function settingsToDump(client: ClientBase): Promise<Settings> {
  return { ...(await differing(client, { ...limits, ...written })), client_encoding: await readEncoding(client) }
}

/** For whatever copies rows as pg_dump does. */
export async function settingsToCopy(client: ClientBase): Promise<Settings> {
  return differing(client, { ...limits, ...written, ...setByDump })
}

/** For pg_restore. */
export async function settingsToRestore(client: ClientBase, also: Settings = {}): Promise<Settings> {
  return differing(client, { ...restoring, ...also })
}

/** For the role of a sandbox, whose settings go before those of the database that is restored there. */
export async function settingsOfSandbox(client: ClientBase, session: Settings): Promise<Settings> {
  const { rows } = await client.query<{ name: string }>('SELECT name FROM pg_settings')
  const known = new Set(rows.map(({ name }) => name))
  const wanted = Object.entries({ ...session, ...restoring }).filter(([name]) => known.has(name))
  return { ...Object.fromEntries(wanted), role: 'none' }
}

/** Until backups recorded what a session of the source's begins with, questions were asked like this. */
const unrecorded: Settings = { TimeZone: 'UTC', DateStyle: 'ISO, YMD', IntervalStyle: 'postgres' }

/**
 * For a question that an administrator wrote: as a session of the source begins, where they tried it. What this machine does
 * not have is left out; the sandbox has reported it.
 */
export async function settingsToAsk(client: ClientBase, session: Settings, limitMs: number): Promise<Settings> {
  const recorded = Object.keys(session).length > 0 ? session : unrecorded
  const taken: Settings = {}
  for (const [name, value] of Object.entries(recorded)) {
    const { rows } = await client
      .query<{ value: string }>('SELECT set_config($1, $2, true) AS value', [name, value])
      .catch(() => ({ rows: [] }))
    if (rows.length > 0) taken[name] = value
  }
  return { ...taken, statement_timeout: String(limitMs), lock_timeout: String(limitMs) }
}

/** Gives settings to a connection of our own. */
export async function takeSettings(client: ClientBase, settings: Settings): Promise<void> {
  for (const [name, value] of Object.entries(settings)) {
    await client.query('SELECT set_config($1, $2, false)', [name, value])
  }
}

/**
 * Those that a session does not start with. Only they are named to the tools: a server refuses what it does not know, and
 * a connection pooler refuses options altogether.
 */
async function differing(client: ClientBase, wanted: Settings): Promise<Settings> {
  const { rows } = await client.query<{ name: string; value: string; superuser: boolean }>(
    `SELECT name, reset_val AS value, current_setting('is_superuser') = 'on' AS superuser FROM pg_settings
      WHERE name = ANY ($1) ORDER BY name`,
    [[...Object.keys(wanted), 'lc_messages']],
  )
  const found: Settings = {}
  for (const { name, value, superuser } of rows) {
    // What the tools quote of the server is read by us; only a superuser may ask for a language.
    if (name === 'lc_messages') {
      if (superuser && !/^(C|POSIX|en)(?![A-Za-z])/.test(value)) found[name] = 'C'
      continue
    }
    const want = wanted[name]
    if (want === undefined || value === want || (name === 'DateStyle' && value.startsWith(`${want},`))) continue
    found[name] = want
  }
  return found
}

/** Variables of libpq's own, which poolers let through. */
const ofLibpq: Record<string, string> = { TimeZone: 'PGTZ', client_encoding: 'PGCLIENTENCODING' }

/** True for settings that the tools are given as options of the connection. */
export const isOption = (name: string) => ofLibpq[name] === undefined

/** As libpq takes them. */
export function toolVariables(settings: Settings): Record<string, string> {
  const entries = Object.entries(settings)
  const variables = entries.flatMap(([name, value]) => {
    const variable = ofLibpq[name]
    return variable === undefined ? [] : [[variable, value]]
  })
  const options = entries
    .filter(([name]) => isOption(name))
    .map(([name, value]) => `-c ${name}=${value.replaceAll('\\', '\\\\').replaceAll(' ', '\\ ')}`)
  return {
    ...Object.fromEntries(variables),
    ...(options.length === 0 ? {} : { PGOPTIONS: options.join(' ') }),
  }
}

/**
 * The same for a connection of our own, once it is open: what was set for the role must not end it in between. Statements
 * and not options of the connection, which a pooler would refuse.
 */
export async function liftLimits(client: ClientBase): Promise<void> {
  await client.query(`SELECT set_config(name, '0', false) FROM pg_settings WHERE name = ANY ($1) AND setting <> '0'`, [
    Object.keys(limits),
  ])
}
