import { logical } from '@/lib/engines/postgres/logical/method'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { expect } from 'vitest'
import { HoldfastError } from '@/lib/core/holdfast-error'
import { dumpDifferences } from '../compare-dumps'
import { type PlainBackup, takeBackup } from '../engine-backup'
import { PlainTools } from '../plain-tools'
import { startPostgres, type StartPostgresOptions, type TestPostgres } from '../../servers/postgres'
import { makeTestRun, nothing } from '../../run-context'
import { tempDir } from '../../temp'
import { generateDatabase, type GeneratedDatabase } from './generate-database'
import { lookAt, type Looks } from './look'
import { quote } from './names'

/** How one round ended: what was found, and what the product said. */
export interface Ending {
  /** What pg_restore --create complained of; empty: nothing. */
  complaints: string
  original: Looks
  /** Of the plain tools; null when they complained. */
  plain: Looks | null
  /** Of the product; null when it refused. */
  product: Looks | null
  /** The restore test passed in everything. */
  passed: boolean
  /** Whatever the restore test and the restore said. */
  said: string
  warnings: string[]
}

/** Databases on one server, each from backup to equal rows, with the plain tools as judge. */
export class GeneratedRounds {
  private constructor(
    private readonly pg: TestPostgres,
    private readonly major: number,
    private readonly dir: Awaited<ReturnType<typeof tempDir>>,
  ) {}

  static async start(major: 15 | 17): Promise<GeneratedRounds> {
    const options: StartPostgresOptions = {
      major,
      settings: { wal_level: 'logical', shared_preload_libraries: 'pgaudit' },
    }
    return new GeneratedRounds(await startPostgres(options), major, await tempDir('generated'))
  }

  async close(): Promise<void> {
    await this.pg.close()
    await this.dir.remove()
  }

  /** Nothing differs from what the plain tools bring back, and what they cannot bring back is said. */
  async round(seed: number): Promise<void> {
    const database = generateDatabase(seed, this.major)
    const work = path.join(this.dir.path, String(seed))
    await mkdir(work)
    try {
      judge(await this.play(database, work))
    } finally {
      await this.forget()
      await rm(work, { recursive: true, force: true })
    }
  }

  private async play(database: GeneratedDatabase, work: string): Promise<Ending> {
    const { pg } = this
    const { name } = database
    const tools = new PlainTools(pg)
    const script = path.join(work, 'script.sql')
    await writeFile(script, database.script)
    await pg.sql(`CREATE DATABASE ${quote(name)} TEMPLATE template0 ${database.like}`)
    await tools.load(script, name, {}, database.clientEncoding)
    const original = await lookAt(pg, name)

    const source = pg.source({ connection: { database: name } })
    const backup = await takeBackup(logical, source, work, makeTestRun())
    const proof = await proofOf(backup, work)

    await pg.sql(`ALTER DATABASE ${quote(name)} RENAME TO ${quote(originalName(database))}`)
    // As an administrator would who finds that a database is read-only.
    const complaints = await tools.restore(backup.file('archive'), '-c default_transaction_read_only=off')
    const plain = complaints === '' ? await lookAt(pg, name) : null
    if (await this.isThere(name)) await this.drop(name)

    const target = { source: pg.source(), database: name, owners: 'keep' as const }
    const input = { manifest: backup.manifest, open: backup.open, check: backup.check, target, keepOut: nothing }
    const restored = await logical.restore(input, makeTestRun()).catch((error: unknown) => refusal(error))
    const { warnings } = restored
    const product = 'refused' in restored ? null : await lookAt(pg, name)
    const said = [proof.said, 'refused' in restored ? restored.refused : '', ...warnings].join('\n')
    return { complaints, original, plain, product, passed: proof.passed, said, warnings }
  }

  private async isThere(name: string): Promise<boolean> {
    const rows = await this.pg.sql('SELECT datname FROM pg_database')
    return rows.some(({ datname }) => datname === name)
  }

  /** Whatever this round or an interrupted one left, so that the next one finds the server as the first did. */
  private async forget(): Promise<void> {
    const found = await this.pg.sql(
      `SELECT datname FROM pg_database WHERE datname NOT IN ('postgres', 'template0', 'template1')`,
    )
    for (const { datname } of found) await this.drop(String(datname))
    // Their names may be of an encoding that is not this database's; the server quotes them itself.
    await this.pg.sql(`DO $$ DECLARE r record; BEGIN
      FOR r IN SELECT rolname FROM pg_roles WHERE rolname ~ '^g[0-9]' LOOP EXECUTE format('DROP ROLE %I', r.rolname); END LOOP;
    END $$`)
  }

  /** Its subscriptions go first: a database that has one cannot be dropped. */
  private async drop(name: string): Promise<void> {
    // The server writes their names itself: they are in the database's own encoding.
    const client = await this.pg.connect(name)
    for (const sql of [
      'SET default_transaction_read_only = off; SET session_replication_role = replica; SET standard_conforming_strings = on',
      `DO $$ DECLARE r record; BEGIN
         FOR r IN SELECT subname FROM pg_catalog.pg_subscription s JOIN pg_catalog.pg_database d ON d.oid = subdbid
                   WHERE datname = pg_catalog.current_database()
         LOOP EXECUTE pg_catalog.format('DROP SUBSCRIPTION %I', r.subname); END LOOP;
       END $$`,
    ])
      await client.query(sql)
    await client.end()
    await this.pg.sql(`ALTER DATABASE ${quote(name)} IS_TEMPLATE false`)
    await this.pg.sql(`DROP DATABASE ${quote(name)} WITH (FORCE)`)
  }
}

const originalName = ({ seed }: GeneratedDatabase) => `original ${seed}`

function inWords(error: unknown): string {
  if (error instanceof HoldfastError) return `${error.code}: ${error.message} ${error.remedy ?? ''}`
  throw error
}

const refusal = (error: unknown) => ({ refused: inWords(error), warnings: [] as string[] })

async function proofOf({ manifest, open }: PlainBackup, work: string): Promise<{ passed: boolean; said: string }> {
  const sandbox = { root: path.join(work, 'sandboxes'), keepOut: nothing }
  try {
    const proof = await logical.prove({ manifest, open, level: 'comprehensive', sandbox }, makeTestRun())
    const bad = proof.checks.filter((check) => check.verdict !== 'passed')
    return {
      passed: bad.length === 0,
      said: bad.map((check) => `${check.name} ${check.verdict}: ${check.detail}`).join('\n'),
    }
  } catch (error) {
    return { passed: false, said: inWords(error) }
  }
}

/** What the plain tools say is in the database's encoding: letters of it are one mark. Every name has its number. */
const inAscii = (text: string) => text.replace(/[^\n\x20-\x7e]+/g, '?')

/** The rule of every database, whatever it is made of. */
function judge(ending: Ending): void {
  const { complaints, original, plain, product, passed, said, warnings } = ending
  if (plain) {
    expect({ passed, said, warnings }, 'the plain tools restore it').toEqual({
      passed: true,
      said: expect.stringMatching(/^\s*$/),
      warnings: [],
    })
    expectEqual(product, plain, original)
    return
  }
  if (passed && warnings.length === 0 && product) {
    // What the plain tools cannot: it must be what was backed up.
    expectEqual(product, original, original)
    return
  }
  const reasons = [...inAscii(complaints).matchAll(/ERROR: +(.*)/g)].map(([, reason = '']) => reason)
  const told = inAscii(said)
  const named = reasons.filter(
    (reason) =>
      told.includes(reason) || [...reason.matchAll(/"(.+?)"/g)].some(([, object = '']) => told.includes(object)),
  )
  expect(
    named,
    `passed: ${passed}, warnings: ${warnings.join('; ')}, said: ${said}\nthe plain tools: ${complaints}`,
  ).not.toEqual([])
  expect(passed).toBe(false)
}

/**
 * Nothing differs but what the plain tools changed and the product did not: a trigger for events writes down what
 * pg_restore does behind it, and that is nothing that happened to the database.
 */
function expectEqual(one: Looks | null, other: Looks, original: Looks): void {
  expect(one).not.toBeNull()
  const rows = one?.rows ?? {}
  const names = [...new Set([...Object.keys(rows), ...Object.keys(other.rows)])]
  const different = names.filter((name) => rows[name] !== other.rows[name] && rows[name] !== original.rows[name])
  expect(different).toEqual([])
  const { lost, added } = dumpDifferences(other.dump, one?.dump ?? [], 1_000)
  const before = new Set(original.dump)
  expect(lost.filter((line) => before.has(line))).toEqual([])
  expect(added.filter((line) => !before.has(line))).toEqual([])
}
