import { chmodSync, copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { HoldfastError } from '@/lib/core/holdfast-error'
import { engines } from '@/lib/engines/index'
import type { Engine } from '@/lib/ports/engine'
import { comparableDump, dumpDifferences } from '@/test/helpers/compare-dumps'
import { type PlainBackup, takeBackup } from '@/test/helpers/engine-backup'
import { PlainTools } from '@/test/helpers/plain-tools'
import { startPostgres, type StartPostgresOptions, type TestPostgres } from '@/test/helpers/postgres'
import { contentDigest } from '@/test/helpers/postgres-content'
import { makeTestRun, nothing } from '@/test/helpers/run-context'
import { tempDir } from '@/test/helpers/temp'

const engine = engines.postgres as Engine
/** What a server of 15 and one of its users may load, and the sandbox is not shown. */
const libraries = mkdtempSync(path.join(tmpdir(), 'hf-libraries-'))
const fixtures = path.resolve(import.meta.dirname, '../../fixtures/sql/cases')

/** A restore test's end: a verdict, or why there is none. */
type End = 'passed' | { failed: RegExp } | { undecided: RegExp } | { inconclusive: RegExp; remedy: RegExp }

interface Case {
  file: string
  name?: string
  /** Of the server that it comes from. */
  server?: StartPostgresOptions
  /** Behind CREATE DATABASE. */
  like?: string
  user?: string
  variables?: (pg: TestPostgres) => Record<string, string | number>
  /** Changes the script. */
  edit?: (sql: string) => string
  prepare?: (pg: TestPostgres) => void
  proof: End
  /** Of a restore into a new database of the same server; equal when absent. */
  restore?: RegExp
  /** The plain tools cannot, and we can. */
  plainFails?: boolean
}

const cases: Case[] = [
  { file: 'bytea-output-escape', proof: 'passed' },
  { file: 'case-in-generated-column', proof: 'passed' },
  { file: 'custom-setting-in-matview', proof: 'passed' },
  { file: 'euc-jp', like: `ENCODING 'EUC_JP' LOCALE 'C'`, proof: 'passed' },
  { file: 'extension-member-rights', proof: 'passed' },
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
    server: { settings: { dynamic_library_path: `${libraries}:$libdir` } },
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
  { file: 'partman-repack', proof: 'passed' },
  {
    file: 'preloaded-extensions',
    server: { settings: { shared_preload_libraries: 'pgaudit,pg_stat_statements' } },
    proof: 'passed',
  },
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

describe('databases from the field', () => {
  const servers = new Map<string, Promise<TestPostgres>>()
  let dir: Awaited<ReturnType<typeof tempDir>>

  const serverOf = (options: StartPostgresOptions = {}) => {
    const key = JSON.stringify(options)
    const known = servers.get(key) ?? startPostgres(options)
    servers.set(key, known)
    return known
  }
  beforeAll(async () => {
    dir = await tempDir('cases')
    chmodSync(libraries, 0o755)
    copyFileSync('/usr/lib/postgresql/15/lib/citext.so', path.join(libraries, 'shop_udf.so'))
  })
  afterAll(async () => {
    for (const server of servers.values()) await (await server).close()
    await dir?.remove()
    rmSync(libraries, { recursive: true, force: true })
  })

  it.each(cases.map((one) => ({ ...one, title: one.name ?? one.file })))(
    '$title',
    { timeout: 120_000 },
    async (one) => {
      const pg = await serverOf(one.server)
      const database = one.title
      const work = path.join(dir.path, one.title)
      await mkdir(work)
      await pg.sql(`CREATE DATABASE "${database}" TEMPLATE template0 ${one.like ?? ''}`)
      const script = path.join(work, 'script.sql')
      const sql = readFileSync(path.join(fixtures, `${one.file}.sql`), 'utf8')
      writeFileSync(script, one.edit?.(sql) ?? sql)
      await new PlainTools(pg).load(script, database, one.variables?.(pg))

      const source = pg.source({ connection: { database, ...(one.user ? { user: one.user } : {}) } })
      const backup = await takeBackup(engine, source, work, makeTestRun())
      expect(await endOf(backup, work)).toEqual(one.proof === 'passed' ? 'passed' : expected(one.proof))

      // The oracle: what the plain tools make of it, under its own name.
      const original = `${database} original`
      await pg.sql(`ALTER DATABASE "${database}" RENAME TO "${original}"`)
      const complaints = await new PlainTools(pg).restore(backup.file('archive'))
      if (one.plainFails ?? one.restore !== undefined) expect(complaints).not.toBe('')
      else expect(complaints).toBe('')

      const target = { source, database: `${database} copy`, owners: 'keep' as const }
      const input = { manifest: backup.manifest, open: backup.open, check: backup.check, target, keepOut: nothing }
      if (one.restore) {
        await expect(engine.restore(input, makeTestRun())).rejects.toMatchObject({
          message: expect.stringMatching(one.restore),
        })
        return
      }
      const { warnings } = await engine.restore(input, makeTestRun())
      expect(warnings).toEqual([])
      expect(await whatIsIn(pg, target.database)).toEqual(await whatIsIn(pg, original))
      const oracle = one.plainFails ? original : database
      const dumps = await Promise.all([comparableDump(pg, oracle), comparableDump(pg, target.database)])
      expect(dumpDifferences(...dumps)).toEqual({ lost: [], added: [] })
      expect(await propertiesOf(pg, target.database)).toEqual(await propertiesOf(pg, original))
    },
  )

  async function endOf(backup: PlainBackup, work: string): Promise<unknown> {
    const sandbox = { root: path.join(work, 'sandboxes'), keepOut: nothing }
    const { manifest, open } = backup
    try {
      const proof = await engine.prove({ manifest, open, level: 'comprehensive', sandbox }, makeTestRun())
      const bad = proof.checks.filter((check) => check.verdict !== 'passed')
      return bad.length === 0 ? 'passed' : bad
    } catch (error) {
      if (error instanceof HoldfastError) return { code: error.code, message: error.message, remedy: error.remedy }
      throw error
    }
  }

  function expected(end: Exclude<End, 'passed'>): unknown {
    if ('inconclusive' in end) {
      const { inconclusive, remedy } = end
      return {
        code: 'sandbox-unavailable',
        message: expect.stringMatching(inconclusive),
        remedy: expect.stringMatching(remedy),
      }
    }
    const verdict = 'failed' in end ? 'failed' : 'inconclusive'
    const detail = expect.stringMatching('failed' in end ? end.failed : end.undecided)
    return [expect.objectContaining({ verdict, detail })]
  }

  async function propertiesOf(pg: TestPostgres, database: string) {
    return pg.sql(
      `SELECT pg_get_userbyid(d.datdba) AS owner, d.datacl::text[] AS acl, d.datconnlimit, d.datistemplate, d.encoding,
              d.datcollate, d.datctype, d.datlocprovider, shobj_description(d.oid, 'pg_database') AS comment,
              (SELECT array_agg(s.setrole::regrole || ': ' || c ORDER BY s.setrole, c)
                 FROM pg_db_role_setting s, unnest(s.setconfig) c WHERE s.setdatabase = d.oid) AS settings
         FROM pg_database d WHERE datname = '${database}'`,
    )
  }

  async function whatIsIn(pg: TestPostgres, database: string): Promise<Record<string, string>> {
    const client = await pg.connect(database)
    await client.query('SET default_transaction_read_only = off')
    return contentDigest(client)
  }
})
