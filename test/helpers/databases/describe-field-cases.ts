import { logical } from '@/lib/engines/postgres/logical/method'
import { chmodSync, copyFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import path from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { HoldfastError } from '@/lib/core/holdfast-error'
import { comparableDump, dumpDifferences } from './compare-dumps'
import { type PlainBackup, takeBackup } from './engine-backup'
import { type End, type FieldCase, ownLibraries } from './field-cases'
import { PlainTools } from './plain-tools'
import { startPostgres, type StartPostgresOptions, type TestPostgres } from '../servers/postgres'
import { offerPostgres17 } from '../servers/postgres-17'
import { contentDigest } from './postgres-content'
import { makeTestRun, nothing } from '../run-context'
import { tempDir } from '../temp'
import { waitFor } from '../wait-for'

const fixtures = path.resolve(import.meta.dirname, '../../fixtures/sql/cases')

/**
 * Each case from backup to equal rows on a server of this version, compared with what the plain tools of the same version
 * make of the same archive.
 */
export function describeFieldCases(major: 15 | 17, cases: readonly FieldCase[]): void {
  const servers = new Map<string, Promise<TestPostgres>>()
  let dir: Awaited<ReturnType<typeof tempDir>>

  const serverOf = (options: StartPostgresOptions = {}) => {
    const key = JSON.stringify(options)
    const known = servers.get(key) ?? startPostgres({ major, ...options })
    servers.set(key, known)
    return known
  }
  beforeAll(async () => {
    dir = await tempDir('cases')
    chmodSync(ownLibraries, 0o755)
    const bin = major === 17 ? await offerPostgres17() : '/usr/lib/postgresql/15/bin'
    copyFileSync(path.join(bin, '../lib/citext.so'), path.join(ownLibraries, 'shop_udf.so'))
  })
  afterAll(async () => {
    for (const server of servers.values()) await (await server).close()
    await dir?.remove()
    rmSync(ownLibraries, { recursive: true, force: true })
  })

  it.each(
    cases
      .filter(({ majors }) => majors?.includes(major) ?? true)
      .map((one) => ({ ...one, title: one.name ?? one.file })),
  )('$title', { timeout: 120_000 }, async (one) => {
    const pg = await serverOf(one.server)
    const database = one.title
    const work = path.join(dir.path, one.title)
    await mkdir(work)
    await loginTriggers(pg, 'on')
    await pg.sql(`CREATE DATABASE "${database}" TEMPLATE template0 ${one.like ?? ''}`)
    const script = path.join(work, 'script.sql')
    const sql = readFileSync(path.join(fixtures, `${one.file}.sql`), 'utf8')
    writeFileSync(script, one.edit?.(sql, major) ?? sql)
    await new PlainTools(pg).load(script, database, one.variables?.(pg))

    const source = pg.source({ connection: { database, ...(one.user ? { user: one.user } : {}) } })
    const backup = await takeBackup(logical, source, work, makeTestRun())
    expect(await endOf(backup, work)).toEqual(one.proof === 'passed' ? 'passed' : expected(one.proof))

    // The oracle: what the plain tools make of it, under its own name.
    const original = `${database} original`
    await pg.sql(`ALTER DATABASE "${database}" RENAME TO "${original}"`)
    const complaints = await new PlainTools(pg).restore(backup.file('archive'))
    if (one.plainFails ?? one.restore !== undefined) expect(complaints).not.toBe('')
    else expect(complaints).toBe('')

    // What the plain tools made has the source's name by now: a connection to it would change its rows as well.
    const to = one.noted ? pg.source() : source
    const target = { source: to, database: `${database} copy`, owners: 'keep' as const }
    const input = { manifest: backup.manifest, open: backup.open, check: backup.check, target, keepOut: nothing }
    if (one.restore) {
      await expect(logical.restore(input, makeTestRun())).rejects.toMatchObject({
        message: expect.stringMatching(one.restore),
      })
      return
    }
    const { warnings } = await logical.restore(input, makeTestRun())
    expect(warnings).toEqual([])
    await loginTriggers(pg, 'off')
    const oracle = one.plainFails ? original : database
    expect(await whatIsIn(pg, target.database)).toEqual(await whatIsIn(pg, one.noted ? database : original))
    const dumps = await Promise.all([comparableDump(pg, oracle), comparableDump(pg, target.database)])
    expect(dumpDifferences(...dumps)).toEqual({ lost: [], added: [] })
    expect(await propertiesOf(pg, target.database)).toEqual(await propertiesOf(pg, original))
  })

  /** Off: our own looking changes nothing, and is not shut out. */
  async function loginTriggers(pg: TestPostgres, setting: 'on' | 'off'): Promise<void> {
    if (major < 17) return
    await pg.sql(`ALTER SYSTEM SET event_triggers = ${setting}`)
    await pg.sql('SELECT pg_reload_conf()')
    await waitFor(`login triggers to be ${setting}`, async () => {
      const [row] = await pg.sql("SELECT current_setting('event_triggers') AS setting")
      return row?.['setting'] === setting
    })
  }

  async function endOf(backup: PlainBackup, work: string): Promise<unknown> {
    const sandbox = { root: path.join(work, 'sandboxes'), keepOut: nothing }
    const { manifest, open } = backup
    try {
      const proof = await logical.prove({ manifest, open, level: 'comprehensive', sandbox }, makeTestRun())
      // The programs of another folder are shown to it, and it is as confined with them.
      expect(proof.evidence).toMatchObject({ confinement: { grade: 'isolated' } })
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
              d.datcollate, d.datctype, d.datlocprovider, d.datcollversion, to_jsonb(d) ->> 'datlocale' AS locale,
              to_jsonb(d) ->> 'daticulocale' AS icu, to_jsonb(d) ->> 'daticurules' AS rules, shobj_description(d.oid, 'pg_database') AS comment,
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
}
