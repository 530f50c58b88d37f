import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { StartPostgresOptions, TestPostgres } from '../servers/postgres'

/** What a server and one of its users may load, and the sandbox is not shown. */
export const ownLibraries = mkdtempSync(path.join(tmpdir(), 'hf-libraries-'))

/** A restore test's end: a verdict, or why there is none. */
export type End = 'passed' | { failed: RegExp } | { undecided: RegExp } | { inconclusive: RegExp; remedy: RegExp }

export interface FieldCase {
  file: string
  name?: string
  /** Of the server that it comes from. */
  server?: StartPostgresOptions
  /** Behind CREATE DATABASE. */
  like?: string
  user?: string
  variables?: (pg: TestPostgres) => Record<string, string | number>
  /** Changes the script. */
  edit?: (sql: string, major: 15 | 17) => string
  prepare?: (pg: TestPostgres) => void
  proof: End
  /** Of a restore into a new database of the same server; equal when absent. */
  restore?: RegExp
  /** A connection to the original changes its rows: the copy is compared with what the plain tools made. */
  noted?: boolean
  /** Versions that it is for; both when absent. */
  majors?: readonly number[]
  /** The plain tools cannot, and we can. */
  plainFails?: boolean
}

/** The pg_partman that comes with 17 takes the interval first, and other words. */
const byInterval = (sql: string, major: 15 | 17) =>
  major === 15 ? sql : sql.replace("'native', 'daily'", "'1 day', 'range'")

/** Databases from the field, and how a restore test and a restore of each must end. */
export const fieldCases: FieldCase[] = [
  { file: 'bytea-output-escape', proof: 'passed' },
  { file: 'case-in-generated-column', proof: 'passed' },
  { file: 'custom-setting-in-matview', proof: 'passed' },
  { file: 'euc-jp', like: `ENCODING 'EUC_JP' LOCALE 'C'`, proof: 'passed' },
  {
    file: 'extension-member-rights',
    // The function of the extension that comes with 17 has an argument more.
    edit: (sql, major) => (major === 15 ? sql : sql.replace('(oid, oid, bigint)', '(oid, oid, bigint, boolean)')),
    proof: 'passed',
  },
  {
    file: 'foreign-key-broken',
    proof: {
      failed: /child_parent_id_fkey .* Key \(parent_id\)=\(999\) is not present.* Correct or delete them there/,
    },
    restore: /Key \(parent_id\)=\(999\) is not present/,
  },
  {
    file: 'foreign-key-broken',
    name: 'foreign-key-broken and a locale missing',
    server: { locales: 'fi_FI.UTF-8' },
    like: `LOCALE 'fi_FI.UTF-8'`,
    proof: { failed: /child_parent_id_fkey .* Correct or delete them there/ },
    restore: /Key \(parent_id\)=\(999\) is not present/,
  },
  { file: 'latin1-names', like: `ENCODING 'LATIN1' LOCALE 'C'`, proof: 'passed' },
  {
    file: 'latin1-names',
    name: 'latin9-names',
    like: `ENCODING 'LATIN9' LOCALE 'C'`,
    edit: (sql) => sql.replaceAll('plain', '"œuvre €"'),
    proof: 'passed',
  },
  {
    file: 'library-function',
    // The library of the source's machine alone: a folder that this server looks into.
    server: { settings: { dynamic_library_path: `${ownLibraries}:$libdir` } },
    edit: (sql) => sql.replace('$libdir/shop_udf', 'shop_udf'),
    proof: { inconclusive: /could not access file "shop_udf"/, remedy: /Install the library shop_udf/ },
  },
  { file: 'matview-group-by-key', proof: 'passed' },
  {
    file: 'matview-on-foreign-table',
    server: { password: 'a password' },
    variables: (pg) => ({ port: pg.port, password: 'a password' }),
    // The same rows whenever it is filled.
    edit: (sql) => sql.replace('FROM remote_databases;', "FROM remote_databases WHERE datname = 'postgres';"),
    proof: { undecided: /"public"."cached" \(could not connect to server/ },
  },
  {
    file: 'role-settings',
    name: 'role-settings of a locale that only the source has',
    server: { locales: 'fi_FI.UTF-8' },
    edit: (sql) => sql.replaceAll('de_DE', 'fi_FI'),
    proof: 'passed',
  },
  {
    file: 'money-lc-monetary',
    name: 'money of a locale that only the source has',
    server: { locales: 'fi_FI.UTF-8', settings: { lc_monetary: 'fi_FI.UTF-8' } },
    proof: { inconclusive: /type money, written as in the locale fi_FI.UTF-8/, remedy: /locale-gen/ },
  },
  {
    file: 'text-partitions-by-locale',
    name: 'text partitions by a locale that only the source has',
    server: { locales: 'fi_FI.UTF-8' },
    like: `LOCALE 'fi_FI.UTF-8'`,
    proof: { inconclusive: /The locale fi_FI.UTF-8 is not available here/, remedy: /what it lacks/ },
  },
  {
    file: 'money-lc-monetary',
    server: { settings: { lc_monetary: 'de_DE.UTF-8' } },
    proof: 'passed',
  },
  { file: 'money-database-setting', proof: 'passed' },
  { file: 'not-valid-by-partition', proof: 'passed' },
  { file: 'partman-repack', edit: byInterval, proof: 'passed' },
  {
    file: 'preloaded-extensions',
    server: { settings: { shared_preload_libraries: 'pgaudit,pg_stat_statements' } },
    edit: byInterval,
    proof: 'passed',
  },
  { file: 'pg17-kinds', majors: [17], proof: 'passed' },
  {
    file: 'pg17-own-order',
    majors: [17],
    like: "LOCALE 'C.UTF-8' LOCALE_PROVIDER icu ICU_LOCALE 'und' ICU_RULES '&a < z < y'",
    proof: 'passed',
  },
  {
    file: 'case-in-generated-column',
    name: 'pg17 with the provider that is built in',
    majors: [17],
    like: "LOCALE 'C.UTF-8' LOCALE_PROVIDER builtin BUILTIN_LOCALE 'C.UTF-8'",
    proof: 'passed',
  },
  { file: 'pg17-login-refused', majors: [17], proof: 'passed' },
  { file: 'pg17-roles-and-login-trigger', majors: [17], noted: true, proof: 'passed' },
  { file: 'public-schema-dropped', proof: 'passed' },
  { file: 'public-schema-recreated', proof: 'passed' },
  { file: 'read-only-database', proof: 'passed', plainFails: true },
  {
    file: 'regclass-of-index',
    proof: { failed: /TABLE DATA watched .*relation "public.a_desc" does not exist.* type such as regclass/ },
    restore: /relation "public.a_desc" does not exist/,
  },
  { file: 'role-settings', proof: 'passed' },
  { file: 'text-partitions-by-locale', like: `LOCALE 'de_DE.UTF-8'`, proof: 'passed' },
  { file: 'time-zone-check', proof: 'passed' },
  {
    file: 'unqualified-function',
    proof: { failed: /function inner_f\(text\) does not exist.* SET search_path/ },
    restore: /function inner_f\(text\) does not exist/,
  },
  { file: 'warning-on-restore', proof: 'passed' },
  { file: 'wide-table', proof: 'passed' },
]
