import { logical } from '@/lib/engines/postgres/logical/method'
import { toSql } from '@/lib/engines/postgres/logical/export/to-sql'
import { execFileSync } from 'node:child_process'
import { createReadStream } from 'node:fs'
import { mkdtemp, readFile, writeFile } from 'node:fs/promises'
import { createWriteStream } from 'node:fs'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { incompleteName } from '@/lib/engines/postgres/logical/restore/restore'
import type { OpenPart, RestoreTarget } from '@/lib/ports/backup-method'
import { type PlainBackup, takeBackup } from '@/test/helpers/databases/engine-backup'
import { startPostgres, type TestPostgres } from '@/test/helpers/servers/postgres'
import { contentDigest, nastyDatabase } from '@/test/helpers/databases/postgres-content'
import { makeTestRun, nothing } from '@/test/helpers/run-context'
import { tempDir } from '@/test/helpers/temp'

describe('restoring into a new database', () => {
  let pg: TestPostgres
  let dir: Awaited<ReturnType<typeof tempDir>>
  let backup: PlainBackup

  beforeAll(async () => {
    dir = await tempDir('restore')
    pg = await startPostgres()
    await pg.sql('CREATE DATABASE nasty')
    await nastyDatabase(await pg.connect('nasty'))
    await pg.sql(`ALTER DATABASE nasty SET work_mem = '5MB'`)
    backup = await takeBackup(logical, pg.source({ connection: { database: 'nasty' } }), dir.path, makeTestRun())
  })
  afterAll(async () => {
    await pg?.close()
    await dir?.remove()
  })

  const restore = (target: Partial<RestoreTarget>, open: OpenPart = backup.open, run = makeTestRun()) =>
    logical.restore(
      {
        manifest: backup.manifest,
        open,
        check: backup.check,
        keepOut: nothing,
        target: { source: pg.source(), database: 'restored', owners: 'keep', ...target },
      },
      run,
    )
  const databases = async () =>
    (await pg.sql('SELECT datname::text AS name FROM pg_database ORDER BY 1')).map((row) => row.name)
  const neverOpened: OpenPart = async () => {
    throw new Error('a byte was read')
  }

  it('refuses an existing database before the first byte (fault 85)', async () => {
    await expect(restore({ database: 'nasty' }, neverOpened)).rejects.toMatchObject({ code: 'target-exists' })
    await expect(restore({ database: 'postgres' }, neverOpened)).rejects.toMatchObject({ code: 'target-exists' })
  })

  it('refuses a name that PostgreSQL would cut (fault 85)', async () => {
    await expect(restore({ database: 'ü'.repeat(40) }, neverOpened)).rejects.toMatchObject({ code: 'target-invalid' })
  })

  it('refuses a user that may not create databases, with the statement to run (fault 85)', async () => {
    await pg.sql('CREATE ROLE weak LOGIN')
    await expect(restore({ source: pg.source({ connection: { user: 'weak' } }) }, neverOpened)).rejects.toMatchObject({
      code: 'privilege-missing',
      remedy: expect.stringContaining('ALTER ROLE "weak" CREATEDB'),
    })
  })

  it('names the roles that are missing before it creates anything', async () => {
    const other = await startPostgres()
    try {
      const failed = restore({ source: other.source() })
      await expect(failed).rejects.toMatchObject({ code: 'roles-missing', facts: { roles: ['nasty owner "x"'] } })
      expect((await other.sql('SELECT count(*)::int AS count FROM pg_database'))[0]).toEqual({ count: 3 })
    } finally {
      await other.close()
    }
  })

  it('removes the half-finished database when the archive turns out damaged (fault 86)', async () => {
    const before = await databases()
    const bytes = await readFile(backup.file('archive'))
    const cut: OpenPart = async () => Readable.from([bytes.subarray(0, bytes.length - 100_000)])
    await expect(restore({}, cut)).rejects.toMatchObject({ code: 'producer-truncated' })
    expect(await databases()).toEqual(before)
  })

  it('removes the half-finished database when cancelled; a repeat then works (fault 86)', async () => {
    const before = await databases()
    const run = makeTestRun()
    const reason = new Error('cancelled')
    const bytes = await readFile(backup.file('archive'))
    let opened = 0
    const halting: OpenPart = async () => {
      opened += 1
      if (opened === 1) return Readable.from([bytes])
      return Readable.from(
        (async function* () {
          yield bytes.subarray(0, bytes.length / 2)
          // The name says that it is not finished, while it is not.
          expect(await databases()).toContain('restored__holdfast_incomplete')
          expect(await databases()).not.toContain('restored')
          run.abort(reason)
          await new Promise(() => undefined)
        })(),
      )
    }
    await expect(restore({}, halting, run)).rejects.toBe(reason)
    expect(await databases()).toEqual(before)
    await pg.sql('CREATE DATABASE restored__holdfast_incomplete')
    const { warnings } = await restore({})
    expect(warnings).toEqual([])
    const settings = await pg.sql(
      `SELECT s.setconfig FROM pg_db_role_setting s JOIN pg_database d ON d.oid = s.setdatabase WHERE d.datname = 'restored'`,
    )
    expect(settings).toEqual([{ setconfig: ['work_mem=5MB'] }])
    expect(await databases()).toEqual([...before, 'restored'].sort())
  })

  it('restores a database that is a template, and takes its leftover away like any other', async () => {
    await pg.sql('CREATE DATABASE mould')
    await pg.sql('ALTER DATABASE mould IS_TEMPLATE true')
    const source = pg.source({ connection: { database: 'mould' } })
    const template = await takeBackup(logical, source, await mkdtemp(`${dir.path}/template-`), makeTestRun())
    await pg.sql('CREATE DATABASE cast__holdfast_incomplete IS_TEMPLATE true')
    const target = { source: pg.source(), database: 'cast', owners: 'keep' as const }
    const { manifest, open, check } = template
    const { warnings } = await logical.restore({ manifest, open, check, target, keepOut: nothing }, makeTestRun())
    expect(warnings).toEqual([])
    const [row] = await pg.sql("SELECT datistemplate FROM pg_database WHERE datname = 'cast'")
    expect(row).toEqual({ datistemplate: true })
    for (const name of ['cast', 'mould']) {
      await pg.sql(`ALTER DATABASE "${name}" IS_TEMPLATE false`)
      await pg.sql(`DROP DATABASE "${name}"`)
    }
  })

  it('removes a half-finished database that has subscriptions, and leaves their slots alone (fault 86)', async () => {
    await pg.sql('CREATE DATABASE restored__holdfast_incomplete')
    await pg.sql(
      `CREATE SUBSCRIPTION "of production" CONNECTION 'host=127.0.0.1 port=1 dbname=production' PUBLICATION all_tables
        WITH (connect = false, slot_name = 'production_slot')`,
      'restored__holdfast_incomplete',
    )
    await pg.sql('DROP DATABASE restored')
    await restore({})
    expect(await databases()).not.toContain('restored__holdfast_incomplete')
    expect(await pg.sql('SELECT subname FROM pg_subscription')).toEqual([])
  })

  it('brings back a database that is gone, under its own name, on the server of the source', async () => {
    await pg.sql('CREATE DATABASE lost')
    await pg.sql('CREATE TABLE kept AS SELECT 42 AS answer', 'lost')
    const source = pg.source({ connection: { database: 'lost' } })
    await using folder = await tempDir('lost')
    const { manifest, open, check } = await takeBackup(logical, source, folder.path, makeTestRun())
    await pg.sql('DROP DATABASE lost')
    await logical.restore(
      { manifest, open, check, keepOut: nothing, target: { source, database: 'lost', owners: 'keep' } },
      makeTestRun(),
    )
    expect(await pg.sql('SELECT answer FROM kept', 'lost')).toEqual([{ answer: 42 }])
  })

  it('keeps the incomplete name within what PostgreSQL can hold, and in letters that every encoding has', () => {
    const names = ['a', 'x'.repeat(63), 'ü', 'ö', 'ü'.repeat(31), 'ü'.repeat(30), '😀'.repeat(15)]
    const incomplete = names.map(incompleteName)
    for (const name of incomplete) {
      expect(Buffer.byteLength(name)).toBeLessThanOrEqual(63)
      expect(name).toMatch(/^(a|x+|_+[0-9a-f]{8})__holdfast_incomplete$/)
    }
    expect(new Set(incomplete).size).toBe(names.length)
  })

  it('writes the archive as a script that gives the same content', async () => {
    const file = `${dir.path}/all.sql`
    const { stream, finished } = toSql(backup, makeTestRun())
    await Promise.all([pipeline(stream, createWriteStream(file)), finished])
    await pg.sql('CREATE DATABASE from_script TEMPLATE template0')
    execFileSync('/usr/lib/postgresql/15/bin/psql', ['-Xq', '-v', 'ON_ERROR_STOP=1', '-f', file, '-d', 'from_script'], {
      env: { ...process.env, PGHOST: pg.socketDir, PGPORT: String(pg.port), PGUSER: 'postgres' },
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    const digests = await Promise.all(
      ['from_script', 'nasty'].map(async (name) => contentDigest(await pg.connect(name))),
    )
    expect(digests[0]).toEqual(digests[1])
  })

  it('never hands out half a script as a whole one', async () => {
    const file = `${dir.path}/cut.dump`
    const bytes = await readFile(backup.file('archive'))
    await writeFile(file, bytes.subarray(0, bytes.length - 1))
    const { stream, finished } = toSql({ ...backup, open: async () => createReadStream(file) }, makeTestRun())
    const [read, end] = await Promise.allSettled([pipeline(stream, createWriteStream(`${dir.path}/cut.sql`)), finished])
    expect([read.status, end.status]).toEqual(['rejected', 'rejected'])
  })
})
