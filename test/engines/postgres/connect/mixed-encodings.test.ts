import { logical } from '@/lib/engines/postgres/logical/method'
import { execFile } from 'node:child_process'
import { mkdir } from 'node:fs/promises'
import path from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { engines } from '@/lib/engines/index'
import type { Engine } from '@/lib/ports/engine'
import { takeBackup } from '@/test/helpers/databases/engine-backup'
import { lookAt } from '@/test/helpers/databases/generated-database/look'
import { PlainTools } from '@/test/helpers/databases/plain-tools'
import { startPostgres, type TestPostgres } from '@/test/helpers/servers/postgres'
import { makeTestRun, nothing } from '@/test/helpers/run-context'
import { tempDir } from '@/test/helpers/temp'

const engine = engines.postgres as Engine

const ofZoe = `
  CREATE ROLE "Zoé"; GRANT "Zoé" TO plain; COMMENT ON ROLE "Zoé" IS 'été'; DROP TABLE IF EXISTS owned;
  CREATE TABLE owned (id integer); INSERT INTO owned VALUES (1), (2); ALTER TABLE owned OWNER TO "Zoé";
  ALTER ROLE "Zoé" IN DATABASE "LATIN1" SET work_mem = '5MB'; GRANT CONNECT ON DATABASE "LATIN1" TO "Zoé"`

describe('a cluster in which each database has another encoding', { timeout: 180_000 }, () => {
  let pg: TestPostgres
  let dir: Awaited<ReturnType<typeof tempDir>>

  beforeAll(async () => {
    pg = await startPostgres()
    dir = await tempDir('mixed')
    for (const encoding of ['LATIN1', 'EUC_JP', 'SQL_ASCII', 'UTF8']) {
      await pg.sql(`CREATE DATABASE "${encoding}" TEMPLATE template0 ENCODING '${encoding}' LOCALE 'C'`)
    }
    // Its bytes are text in LATIN1 and in SQL_ASCII, and nowhere else.
    await pg.sql(
      `CREATE ROLE plain; ALTER ROLE plain SET search_path = "$user", public; ALTER ROLE plain SET app.motto = 'it''s \\ odd'`,
    )
    // A list that somebody set by hand holds whatever they like.
    await pg.sql(
      `CREATE ROLE hostile; SELECT set_config('search_path', 'x;CREATE/**/ROLE/**/evil/**/SUPERUSER,"a ""b"', false);
       ALTER ROLE hostile SET search_path FROM CURRENT; RESET search_path`,
    )
    await pg.sql(ofZoe, 'LATIN1')
    await pg.sql(
      `CREATE ROLE member LOGIN CONNECTION LIMIT 7 PASSWORD 'secret'; GRANT plain TO member WITH ADMIN OPTION`,
    )
    await pg.sql(`COMMENT ON ROLE member IS 'a member'`)
    await pg.sql('CREATE TABLE t (id integer); INSERT INTO t VALUES (1); ALTER TABLE t OWNER TO member', 'UTF8')
  })
  afterAll(async () => {
    await pg?.close()
    await dir?.remove()
  })

  const backUp = async (database: string) => {
    const work = path.join(dir.path, database)
    await mkdir(work)
    return { work, backup: await takeBackup(logical, pg.source({ connection: { database } }), work, makeTestRun()) }
  }
  const prove = ({ backup, work }: Awaited<ReturnType<typeof backUp>>) => {
    const sandbox = { root: path.join(work, 'sandboxes'), keepOut: nothing }
    const { manifest, open } = backup
    return logical.prove({ manifest, open, level: 'comprehensive', sandbox }, makeTestRun())
  }
  const bad = ({ checks }: Awaited<ReturnType<typeof prove>>) => checks.filter(({ verdict }) => verdict !== 'passed')

  it('a role whose name cannot be read here does not end the backup: it is named, and every other role is in it', async () => {
    const taken = await backUp('UTF8')
    const { backup } = taken
    const gap = 'role Zoé, whose name is not in the encoding UTF8'
    expect(backup.warnings).toEqual([`Not in this backup: ${gap} of this database.`])
    expect(backup.manifest.facts).toMatchObject({ withheld: [gap] })
    expect(bad(await prove(taken))).toEqual([])
    const { findings } = await engine.inspect(pg.source({ connection: { database: 'UTF8' } }), makeTestRun())
    expect(findings.filter(({ code }) => code === 'not-in-backup')).toMatchObject([
      { severity: 'warning', message: `Backups of this database lack ${gap} of this database.` },
    ])

    // What psql makes of the script on another server, against what pg_dumpall says of the readable roles here.
    const other = await startPostgres()
    try {
      await new PlainTools(other).loadRoles(backup.file('globals'))
      expect(await other.sql("SELECT rolname FROM pg_roles WHERE rolname = 'evil'")).toEqual([])
      await pg.sql(`DROP OWNED BY "Zoé"; DROP ROLE "Zoé"`, 'LATIN1')
      expect(await rolesOf(other)).toEqual(await rolesOf(pg))
    } finally {
      await other.close()
      await pg.sql(ofZoe, 'LATIN1')
    }
  })

  it('a role is known by the bytes of its name: owners, rights and settings come back in a database of one byte a letter', async () => {
    const taken = await backUp('LATIN1')
    const { backup } = taken
    expect(backup.warnings).toEqual([])
    expect(bad(await prove(taken))).toEqual([])

    const original = await look(pg, 'LATIN1')
    const target = { source: pg.source(), database: 'wieder grün', owners: 'keep' as const }
    const input = { manifest: backup.manifest, open: backup.open, check: backup.check, target, keepOut: nothing }
    expect(await logical.restore(input, makeTestRun())).toEqual({ warnings: [] })
    expect(await look(pg, 'wieder grün')).toEqual(original)
    expect(original).toMatchObject([{ owner: 'Zoé', settings: 1, may: true }])
  })

  it('names in bytes of no encoding: the restore test passes, the rows and materialized views come back, and messages name them', async () => {
    // The bytes of LATIN1, as an old application wrote them.
    const raw = (sql: string) =>
      `DO $$ BEGIN EXECUTE convert_from('\\x${Buffer.from(sql, 'latin1').toString('hex')}', 'SQL_ASCII'); END $$`
    for (const sql of [
      'CREATE SCHEMA "été"',
      'CREATE TABLE "été"."Straße" (id serial PRIMARY KEY, "größe" text)',
      `INSERT INTO "été"."Straße" ("größe") VALUES ('ÄÖÜ'), (NULL)`,
      'CREATE TABLE "été"."Kind" ("schön" text) INHERITS ("été"."Straße")',
      'ALTER TABLE "été"."Straße" ADD COLUMN "später" integer',
      `INSERT INTO "été"."Kind" ("größe", "schön") VALUES ('ß', 'é')`,
      'CREATE MATERIALIZED VIEW "été"."gefüllt" AS SELECT "größe" FROM "été"."Straße"',
    ]) {
      await pg.sql(raw(sql), 'SQL_ASCII')
    }
    const taken = await backUp('SQL_ASCII')
    const { backup } = taken
    expect(backup.warnings).toEqual([])
    const proof = await prove(taken)
    expect(bad(proof)).toEqual([])

    const target = { source: pg.source(), database: 'again', owners: 'keep' as const }
    const input = { manifest: backup.manifest, open: backup.open, check: backup.check, target, keepOut: nothing }
    expect(await logical.restore(input, makeTestRun())).toEqual({ warnings: [] })
    expect(await lookAt(pg, 'again')).toMatchObject({ rows: (await lookAt(pg, 'SQL_ASCII')).rows })

    // Told by the letters that the bytes are in Western Europe.
    expect(JSON.stringify(proof.evidence)).toContain('Straße')
  })
})

/** Owner of the table, and what is said of the role for the database. */
function look(pg: TestPostgres, database: string) {
  return pg.sql(
    `SELECT pg_get_userbyid(c.relowner)::text AS owner, has_database_privilege(c.relowner, d.oid, 'CONNECT') AND d.datacl::text LIKE '%Zo%' AS may,
            (SELECT count(*)::int FROM pg_db_role_setting s WHERE s.setdatabase = d.oid AND s.setrole = c.relowner) AS settings
       FROM pg_class c, pg_database d WHERE c.relname = 'owned' AND d.datname = current_database()`,
    database,
  )
}

/** Without what differs from server to server. */
async function rolesOf(pg: TestPostgres): Promise<string[]> {
  const address = ['--host', pg.socketDir, '--port', String(pg.port), '--username', 'postgres']
  const { stdout } = await promisify(execFile)(path.join(pg.bin, 'pg_dumpall'), [...address, '--roles-only'])
  return stdout.split('\n').filter((line) => /^(CREATE|ALTER|GRANT|COMMENT)/.test(line))
}
