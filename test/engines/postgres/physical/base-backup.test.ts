import { execFileSync } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { takeBase, type TakenBase, unpackByHand, verifyBase } from '../../../helpers/databases/base-backup'
import { makeTestRun } from '../../../helpers/run-context'
import { startPostgres, type TestPostgres } from '../../../helpers/servers/postgres'
import { tempDir } from '../../../helpers/temp'

describe.each([15, 17] as const)('a base backup of PostgreSQL %i', (major) => {
  let pg: TestPostgres
  let work: Awaited<ReturnType<typeof tempDir>>
  const spaces = () => path.join(path.dirname(pg.dataDir), 'spaces')
  beforeAll(async () => {
    work = await tempDir('base')
    execFileSync('chmod', ['755', work.path])
    pg = await startPostgres({
      major,
      initdb: ['--wal-segsize=64', '--data-checksums'],
      settings: { wal_keep_size: '2GB' },
    })
    for (const name of ['one', 'two']) {
      execFileSync('install', ['-d', '-o', 'postgres', path.join(spaces(), name)])
      await pg.sql(`CREATE TABLESPACE ${name} LOCATION '${path.join(spaces(), name)}'`)
    }
    for (let number = 0; number < 10; number += 1)
      await pg.sql(
        `CREATE TABLE large_${number} AS SELECT g AS id, repeat('x', 400) AS text FROM generate_series(1, 25000) g`,
      )
    await pg.sql(`CREATE TABLE elsewhere (id int PRIMARY KEY USING INDEX TABLESPACE two) TABLESPACE one`)
    await pg.sql('INSERT INTO elsewhere SELECT generate_series(1, 1000)')
    await pg.sql('CREATE DATABASE "Über"')
  })
  afterAll(async () => {
    await pg.close()
    await work.remove()
  })

  const folder = (name: string) => {
    const made = path.join(work.path, name)
    mkdirSync(made)
    return made
  }
  const startFrom = (taken: TakenBase, name: string) => {
    const into = folder(name)
    unpackByHand(taken, into, path.join(pg.dataDir, 'pg_wal'))
    expect(verifyBase(pg, path.join(into, 'data'))).toContain('backup successfully verified')
    const cluster = path.join(work.path, `${name}.tar.zst`)
    execFileSync('tar', ['-c', '--zstd', '-f', cluster, '-C', into, 'data'])
    return startPostgres({ cluster, bin: pg.bin })
  }

  it('is archives that plain tar unpacks, which pg_verifybackup finds right and a server starts from', async () => {
    const taken = await takeBase(pg.source(), folder('whole'), makeTestRun())
    const { session, facts } = taken
    const names = readdirSync(taken.folder)
    const [one, two] = facts.tablespaces.map(({ oid }) => oid)
    expect(names).toContain('base-2.tar')
    expect(names).toEqual(
      expect.arrayContaining([`tablespace-${one}-1.tar`, `tablespace-${two}-1.tar`, 'backup_manifest']),
    )
    const sizes = names
      .filter((name) => name.startsWith('base-'))
      .map((name) => readFileSync(path.join(taken.folder, name)).length)
    expect(Math.max(...sizes)).toBeLessThan(2 * Math.min(...sizes))

    const [row] = await pg.sql(
      `SELECT system_identifier::text AS id, (SELECT count(*)::int FROM pg_database) AS databases,
              pg_walfile_name('${facts.startLsn}') AS segment FROM pg_control_system()`,
    )
    expect(facts).toMatchObject({
      serverMajor: major,
      systemIdentifier: row?.id,
      standby: false,
      role: 'postgres',
      database: 'postgres',
      session: { TimeZone: expect.any(String), DateStyle: 'ISO, MDY' },
      startTimeline: 1,
      walSegmentBytes: 64 * 1024 * 1024,
      dataChecksums: true,
      preload: [],
      damagedPages: [],
      settings: { max_connections: '100', wal_level: 'replica', max_wal_senders: '10' },
      locale: { provider: 'libc', ctype: 'C.UTF-8' },
    })
    expect(facts.tablespaces.map(({ location }) => location).sort()).toEqual([
      path.join(spaces(), 'one'),
      path.join(spaces(), 'two'),
    ])
    expect(facts.tablespaces.every(({ bytes }) => bytes > 0)).toBe(true)
    expect(facts.databases.map(({ name }) => name).sort()).toEqual(['postgres', 'template0', 'template1', 'Über'])
    const [size] = await pg.sql('SELECT pg_database_size(current_database())::int AS bytes')
    const own = facts.databases.find(({ name }) => name === 'postgres')?.bytes ?? 0
    // What is left out, such as pg_internal.init, is less than this.
    expect(Math.abs(own - Number(size?.bytes))).toBeLessThan(1_000_000)
    expect(session.identity).toBe(`${major}/${row?.id}`)
    expect(session.measures).toContainEqual({
      name: 'databases',
      of: 'containers',
      unit: 'count',
      value: row?.databases,
    })
    expect(session.toolWarnings).toEqual([])
    expect(session.withheld).toEqual([])
    const range = session.range?.()
    expect(range).toEqual({
      from: facts.startLsn,
      to: facts.endLsn,
      timeline: String(row?.segment).slice(0, 8),
      identity: row?.id,
    })
    const label = execFileSync('tar', ['-xOf', path.join(taken.folder, 'base-1.tar'), 'backup_label'], {
      encoding: 'utf8',
    })
    expect(label).toContain(`START WAL LOCATION: ${facts.startLsn} `)

    const restored = await startFrom(taken, 'restored')
    const count =
      'SELECT (SELECT count(*) FROM large_7)::int AS large, (SELECT sum(id) FROM elsewhere)::int AS elsewhere'
    expect(await restored.sql(count)).toEqual([{ large: 25000, elsewhere: 500500 }])
    const places = await restored.sql(
      'SELECT pg_tablespace_location(oid) AS place FROM pg_tablespace WHERE oid >= 16384',
    )
    expect(places.every(({ place }) => String(place).startsWith(path.join(work.path, 'restored')))).toBe(true)
    await restored.close()
  })

  it('is valid beside another one that is taken at the same time (fault 65)', async () => {
    let inner: TakenBase | null = null
    const outer = await takeBase(pg.source(), folder('outer'), makeTestRun(), {
      opened: async () => {
        inner = await takeBase(pg.source(), folder('inner'), makeTestRun())
      },
    })
    for (const [name, taken] of Object.entries({ outerRestored: outer, innerRestored: inner })) {
      if (taken === null) throw new Error('nothing was taken meanwhile')
      const restored = await startFrom(taken, name)
      expect(await restored.sql('SELECT count(*)::int AS rows FROM large_3')).toEqual([{ rows: 25000 }])
      await restored.close()
    }
  })
})
