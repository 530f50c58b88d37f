import { execFileSync } from 'node:child_process'
import { closeSync, openSync, readFileSync, writeFileSync, writeSync } from 'node:fs'
import path from 'node:path'
import { PassThrough, Writable } from 'node:stream'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { HoldfastError } from '@/lib/core/holdfast-error'
import { beginBase } from '@/lib/engines/postgres/physical/begin/begin-base'
import { takeBase } from '../../../helpers/databases/base-backup'
import { makeTestRun } from '../../../helpers/run-context'
import { makeCertificate } from '../../../helpers/servers/certificate'
import { makeSource, startPostgres, type TestPostgres } from '../../../helpers/servers/postgres'
import { startStandby } from '../../../helpers/servers/standby'
import { tempDir } from '../../../helpers/temp'
import { waitFor } from '../../../helpers/wait-for'

const senders = (pg: Pick<TestPostgres, 'sql'>) =>
  pg.sql("SELECT pid FROM pg_stat_activity WHERE backend_type = 'walsender' AND application_name = 'holdfast'")
const nobodyLeft = (pg: Pick<TestPostgres, 'sql'>) =>
  waitFor('the server to end the backup', async () => (await senders(pg)).length === 0)
const failureOf = async (work: Promise<unknown>): Promise<HoldfastError> => {
  const error: unknown = await work.then(
    () => new Error('it did not fail'),
    (reason: unknown) => reason,
  )
  if (error instanceof HoldfastError) return error
  throw error
}
/** Takes everything, and only after `until`. */
const after = (until: Promise<unknown>) =>
  new Writable({ write: (_chunk, _encoding, done) => void until.then(() => done(), done) })

describe.each([15, 17] as const)('a base backup of PostgreSQL %i that is disturbed', (major) => {
  let pg: TestPostgres
  beforeAll(async () => {
    // One of them behind TLS, whose socket has to hold the server back as well.
    pg = await startPostgres({
      major,
      initdb: ['--data-checksums'],
      ...(major === 17 ? { tls: await makeCertificate() } : {}),
    })
    await pg.sql(`CREATE TABLE filled AS SELECT g AS id, repeat('x', 400) AS text FROM generate_series(1, 60000) g`)
    await pg.sql('CHECKPOINT')
  })
  afterAll(() => pg.close())
  const source = () => pg.source({ connection: { ssl: major === 17 ? 'require' : 'disable' } })

  it('is held back by who does not read, and an abort leaves no walsender and no part', async () => {
    const run = makeTestRun()
    const session = await beginBase(source(), run)
    expect(await senders(pg)).toHaveLength(1)
    const open = session.parts.map((part) => part.open(run))
    const sent = async () =>
      Number((await pg.sql('SELECT backup_streamed::float8 AS bytes FROM pg_stat_progress_basebackup'))[0]?.bytes)
    let before = -1
    const held = await waitFor('the server to be held back', async () => {
      const now = await sent()
      const same = now === before
      before = now
      return same && now
    })
    const [size] = await pg.sql('SELECT sum(pg_database_size(oid))::float8 AS bytes FROM pg_database')
    // What the sockets and one buffer hold.
    expect(held).toBeLessThan(Number(size?.bytes) / 2)
    run.abort(new Error('no longer wanted'))
    for (const { finished, stream } of open) {
      await expect(finished).rejects.toThrow('no longer wanted')
      expect(stream.destroyed).toBe(true)
    }
    await nobodyLeft(pg)
    await expect(session.confirm()).rejects.toThrow('no longer wanted')
    await session.close()
  })

  it('is given up with one part that nobody reads any more', async () => {
    const session = await beginBase(source(), makeTestRun())
    const [first, ...others] = session.parts.map((part) => part.open(makeTestRun()))
    first?.stream.destroy(new Error('the store is away'))
    for (const { finished } of others) await expect(finished).rejects.toThrow('the store is away')
    await nobodyLeft(pg)
    await session.close()
  })

  it('is ended while the server still waits for its checkpoint', async () => {
    // So many pages that the checkpoint takes longer than the test waits.
    await pg.sql('INSERT INTO filled SELECT id, text FROM filled')
    const run = makeTestRun()
    const gentle = source()
    const beginning = beginBase({ ...gentle, options: { ...gentle.options, gentle: true } }, run)
    beginning.catch(() => undefined)
    await waitFor('the backup to wait', async () => {
      const [row] = await pg.sql('SELECT phase FROM pg_stat_progress_basebackup')
      return row?.phase === 'waiting for checkpoint to finish'
    })
    run.abort(new Error('no longer wanted'))
    await expect(beginning).rejects.toThrow('no longer wanted')
    await nobodyLeft(pg)
  })

  it('fails when the server ends the connection', async () => {
    const run = makeTestRun()
    const session = await beginBase(source(), run)
    const open = session.parts.map((part) => part.open(run))
    await pg.sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE backend_type = 'walsender'")
    for (const { stream } of open) stream.resume()
    for (const { finished } of open)
      expect(await failureOf(finished)).toMatchObject({ code: 'server-gone', transient: true })
    await session.close()
  })

  it('is kept when pages fail their checksum, and names them (fault 95)', async () => {
    const space = path.join(path.dirname(pg.dataDir), 'space')
    execFileSync('install', ['-d', '-o', 'postgres', space])
    await pg.sql(`CREATE TABLESPACE space LOCATION '${space}'`)
    await pg.sql('CREATE TABLE elsewhere TABLESPACE space AS SELECT id FROM filled')
    const [files] = await pg.sql(
      `SELECT pg_relation_filepath('filled') AS filled, pg_relation_filepath('elsewhere') AS elsewhere`,
    )
    await pg.stop()
    const damaged = [
      { file: String(files?.elsewhere), block: 4 },
      ...[2, 7, 8, 9, 10, 11, 12].map((block) => ({ file: String(files?.filled), block })),
    ]
    for (const { file, block } of damaged) {
      const handle = openSync(path.join(pg.dataDir, file), 'r+')
      writeSync(handle, 'damaged', block * 8192 + 5000)
      closeSync(handle)
    }
    await pg.start()
    await using dir = await tempDir('damaged')
    const { session, facts } = await takeBase(source(), dir.path, makeTestRun())
    // After five of one file the server names no more of it.
    expect(facts.damagedPages).toEqual(damaged.slice(0, 6))
    expect(session.toolWarnings).toContainEqual(
      `1 page(s) of ${files?.elsewhere} fail their checksum on the server: block 4.`,
    )
    expect(session.toolWarnings).toContainEqual(
      `7 page(s) of ${files?.filled} fail their checksum on the server, among them: block 2, 7, 8, 9, 10.`,
    )
    expect(session.range?.().to).toBe(facts.endLsn)
    const listed = readFileSync(path.join(dir.path, 'backup_manifest'), 'utf8')
    expect(listed).toContain(String(files?.filled))
  })
})

describe('what a base backup takes beside the data directory', () => {
  it('is the configuration that lies elsewhere, and what cannot be read is named', async () => {
    await using dir = await tempDir('outside')
    execFileSync('chmod', ['755', dir.path])
    const elsewhere = path.join(dir.path, 'pg_hba.conf')
    writeFileSync(elsewhere, 'local all all trust\nhost all,replication all 127.0.0.1/32 trust\n', { mode: 0o644 })
    const server = await startPostgres({ settings: { hba_file: elsewhere } })
    try {
      const { session } = await takeBase(server.source(), dir.path, makeTestRun())
      expect(session.withheld).toEqual([])
      const archive = path.join(dir.path, 'configuration.tar')
      const unpacked = execFileSync('tar', ['-xOf', archive, elsewhere.slice(1)], { encoding: 'utf8' })
      expect(unpacked).toBe(readFileSync(elsewhere, 'utf8'))

      await server.sql('CREATE ROLE plain LOGIN REPLICATION')
      const without = await beginBase(server.source({ connection: { user: 'plain' } }), makeTestRun())
      expect(without.withheld).toEqual(['configuration files outside of the data directory, if there are any'])
      expect(without.parts.map(({ base }) => base)).not.toContain('configuration.tar')
      await without.close()

      await server.sql('GRANT pg_read_all_settings TO plain')
      const shown = await beginBase(server.source({ connection: { user: 'plain' } }), makeTestRun())
      expect(shown.withheld).toEqual([
        expect.stringMatching(`^the configuration file ${elsewhere} \\(permission denied`),
      ])
      await shown.close()
    } finally {
      await server.close()
    }
  })
})

describe('a base backup of a standby', () => {
  let pg: TestPostgres
  let standby: Awaited<ReturnType<typeof startStandby>>
  beforeAll(async () => {
    pg = await startPostgres()
    await pg.sql(`CREATE TABLE filled AS SELECT g AS id, repeat('x', 400) AS text FROM generate_series(1, 60000) g`)
    standby = await startStandby(pg)
    await standby.caughtUp()
  })
  afterAll(async () => {
    await standby.close()
    await pg.close()
  })
  const source = () => {
    const main = pg.source()
    return { ...main, options: { ...main.options, replica: { host: standby.host, port: standby.port } } }
  }

  it('is read from it, in its own timeline', async () => {
    await using dir = await tempDir('standby')
    const { session, facts } = await takeBase(source(), dir.path, makeTestRun())
    expect(facts).toMatchObject({ standby: true, startTimeline: 1 })
    expect(session.facts['replica']).toMatchObject({ port: standby.port })
    expect(session.range?.().timeline).toBe('00000001')
    const [row] = await pg.sql('SELECT system_identifier::text AS id FROM pg_control_system()')
    expect(session.identity).toBe(`15/${row?.id}`)
  })

  it('fails when it is promoted meanwhile, which the server or the end of the backup notices', async () => {
    await using dir = await tempDir('promoted')
    const promoted = Promise.withResolvers<void>()
    const taking = takeBase(source(), dir.path, makeTestRun(), {
      opened: async () => {
        standby.promote().then(promoted.resolve, promoted.reject)
        await promoted.promise
      },
      write: () => after(promoted.promise),
    })
    expect(await failureOf(taking)).toMatchObject({ code: 'base-interrupted', transient: true })
    const again = makeSource({ port: standby.port })
    const { facts } = await takeBase(again, dir.path, makeTestRun(), { write: () => new PassThrough().resume() })
    expect(facts).toMatchObject({ standby: false, startTimeline: 2 })
  })
})
