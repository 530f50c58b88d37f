import { type Draft } from './draft'
import { literal } from './names'

/** Settings of the database; they hold for sessions that begin later, so the script connects again behind them. */
export function drawSettings(draft: Draft): void {
  for (const [name, values] of draft.some(shaping, 5)) set(draft, name, draft.random.pick(values))
  // What would stand in the way of a restore; it is made last.
  for (const [name, values] of draft.some(closing, 2)) {
    if (draft.oneIn(2)) draft.last.push(`ALTER DATABASE ${draft.database} SET ${name} = ${draft.random.pick(values)}`)
  }
  for (const role of draft.some(draft.roles, 2)) {
    draft.add(
      `ALTER ROLE ${role} IN DATABASE ${draft.database} SET search_path = "$user", ${draft.random.pick(draft.schemas)}`,
    )
    draft.add(`ALTER ROLE ${role} IN DATABASE ${draft.database} SET app.tenant = ${literal('a \\ "b" \'c\'\nd')}`)
  }
  if (draft.oneIn(5)) draft.add(`ALTER DATABASE ${draft.database} CONNECTION LIMIT 17`)
  if (draft.oneIn(3)) draft.add(`COMMENT ON DATABASE ${draft.database} IS ${literal(`${draft.names.raw()} 'quoted'`)}`)
  if (draft.oneIn(12)) draft.last.push(`ALTER DATABASE ${draft.database} IS_TEMPLATE true`)
}

function set(draft: Draft, name: string, value: string): void {
  draft.add(`ALTER DATABASE ${draft.database} SET ${name} = ${value}`)
}

const shaping: [string, string[]][] = [
  ['TimeZone', [`'America/New_York'`, `'Asia/Kathmandu'`, `'Europe/Dublin'`, `'<+0345>-3:45'`, `'UTC'`]],
  ['DateStyle', [`'SQL, DMY'`, `'German'`, `'Postgres, MDY'`, `'ISO, YMD'`]],
  ['IntervalStyle', [`'sql_standard'`, `'iso_8601'`, `'postgres_verbose'`]],
  ['bytea_output', [`'escape'`]],
  ['lc_monetary', [`'C'`, `'C.UTF-8'`]],
  ['lc_numeric', [`'C.UTF-8'`]],
  ['extra_float_digits', ['0', '-7', '3']],
  ['standard_conforming_strings', ['off']],
  ['backslash_quote', ['off']],
  ['quote_all_identifiers', ['on']],
  ['xmloption', ['document']],
  ['xmlbinary', ['hex']],
  ['array_nulls', ['on']],
  ['transform_null_equals', ['on']],
  ['row_security', ['off']],
  ['check_function_bodies', ['off']],
  ['default_table_access_method', ['heap']],
  ['default_toast_compression', ['lz4']],
  ['default_text_search_config', [`'pg_catalog.german'`]],
  ['search_path', ['pg_catalog', `'a b', public`, `''`, `"$user", nowhere`]],
  ['client_encoding', [`'SQL_ASCII'`, `'UTF8'`]],
  ['client_min_messages', ['error', 'debug1']],
  ['plpgsql.variable_conflict', ['use_column']],
  ['app.tenant', [literal('42')]],
  ['app.odd_name', [literal('a \\ "b" \'c\'\nd, e')]],
  ['temp_tablespaces', [`''`]],
  ['default_tablespace', [`''`]],
  ['jit', ['off']],
  ['synchronous_commit', ['off']],
  ['lock_timeout', [`'1min'`]],
  ['idle_in_transaction_session_timeout', [`'2h'`]],
  ['log_statement', ['none']],
  ['constraint_exclusion', ['off']],
  ['enable_seqscan', ['off']],
]

const closing: [string, string[]][] = [
  ['default_transaction_read_only', ['on']],
  ['default_transaction_isolation', ['serializable', `'repeatable read'`]],
  ['default_transaction_deferrable', ['on']],
  ['session_replication_role', ['replica']],
  ['statement_timeout', [`'5s'`, `'1h'`]],
  ['lock_timeout', [`'500ms'`]],
]
