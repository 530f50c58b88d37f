import { randomBytes } from 'node:crypto'
import type { HoldfastError } from '@/lib/core/holdfast-error'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { compressionAdviceSchema } from '@/lib/contracts/compression-advice'
import { createSourceSchema } from '@/lib/contracts/source'
import { quoteIdentifier } from '@/lib/engines/postgres/connect/quote'
import { logical } from '@/lib/engines/postgres/logical/method'
import type { ServiceContext } from '@/lib/services/context'
import { adviseCompression } from '@/lib/services/source/advise-compression'
import { createSource } from '@/lib/services/source/create-source'
import { freshCatalog, type FreshCatalog } from '../helpers/catalog/catalog'
import { type TestPostgres, startPostgres } from '../helpers/servers/postgres'
import { processesNaming } from '../helpers/processes'
import { makeTestRun } from '../helpers/run-context'
import { as, testContext } from '../helpers/catalog/service-context'

const odd = 'Ordérs "of 2026"'
const database = `advice_${randomBytes(4).toString('hex')}`
let server: TestPostgres
let catalog: FreshCatalog
let ctx: ServiceContext

beforeAll(async () => {
  server = await startPostgres({ settings: { autovacuum: 'off' } })
  await server.sql(`CREATE DATABASE ${database}`)
  await server.sql(`CREATE DATABASE ${database}_small`)
  await server.sql(
    `CREATE TABLE ${quoteIdentifier(odd)} AS
       SELECT id, 'customer ' || id % 1000 AS name, md5(id::text) AS token, now() AS at FROM generate_series(1, 300000) id;
     CREATE TABLE item AS SELECT id, repeat('word ', 20) || id AS text FROM generate_series(1, 200000) id;
     CREATE TABLE locked AS SELECT id, md5(id::text) AS text FROM generate_series(1, 100000) id;
     ANALYZE ${quoteIdentifier(odd)}, item, locked`,
    database,
  )
  catalog = await freshCatalog()
  ctx = testContext(catalog.db)
})
afterAll(async () => {
  await catalog?.drop()
  await server.close()
})

const connection = (name: string) => ({
  host: '127.0.0.1',
  port: server.port,
  database: name,
  user: 'postgres',
  ssl: 'disable' as const,
})
const makeSource = (name: string, databaseName: string, options = {}) =>
  createSource({ ctx, input: createSourceSchema.parse({ name, connection: connection(databaseName), options }) })

describe('the advice on compression', () => {
  it('is measured on the source itself and recommends what was measured', async () => {
    const { id } = await makeSource('advised', database, { compression: 'bzip2', compressionLevel: 1 })
    const advice = compressionAdviceSchema.parse(await adviseCompression({ ctx: as(ctx, 'operator'), input: { id } }))
    expect(advice.tables).toEqual(expect.arrayContaining([`public.${odd}`, 'public.item', 'public.locked']))
    expect(advice.sampleBytes).toBeGreaterThan(20e6)
    expect(advice.measured.map((one) => `${one.compression} ${one.level}`)).toEqual([
      ...['zstd 1', 'zstd 2', 'zstd 3', 'zstd 6', 'zstd 9', 'lz4 1', 'gzip 6', 'xz 1'],
      // What the source uses now is always among them.
      'bzip2 1',
    ])
    for (const one of advice.measured) expect(one.ratio).toBeGreaterThan(1.2)
    const { compression, level } = advice.recommended
    expect(advice.measured).toContainEqual(expect.objectContaining({ compression, level }))
    expect(advice.sentence).toMatch(/^Your data: \w+ \d+ gives [\d.]+x at [\d.]+ MB\/s\.$/)
    expect(advice.durationMs).toBeLessThan(30_000)
    expect(processesNaming(database).filter((line) => line.includes('pg_dump'))).toEqual([])
    const audited = await catalog.db.auditEvent.findMany({ where: { action: 'source.measure-compression' } })
    expect(audited).toHaveLength(1)
  })

  it('is for operators, for one source at a time, and for one that has data', async () => {
    const { id } = await makeSource('small', `${database}_small`)
    const input = { id }
    await expect(adviseCompression({ ctx: as(ctx, 'viewer'), input })).rejects.toMatchObject({ code: 'forbidden' })
    const [first, second] = await Promise.allSettled([
      adviseCompression({ ctx, input }),
      adviseCompression({ ctx, input }),
    ])
    // Either may be the first to have read its source.
    const codes = [first, second].map((one) => (one.status === 'rejected' ? (one.reason as HoldfastError).code : null))
    expect(codes.toSorted()).toEqual(['already-running', 'sample-too-small'])
    await expect(adviseCompression({ ctx, input })).rejects.toMatchObject({ code: 'sample-too-small' })
  })

  it('does not come when the source is away, and says why', async () => {
    const { id } = await makeSource('away', `${database}_missing`)
    await expect(adviseCompression({ ctx, input: { id } })).rejects.toMatchObject({ code: 'no-such-database' })
  })
})

describe('a sample of a source', () => {
  const source = () => server.source({ connection: { database } })

  it('is mixed of its tables, leaves out one that is locked, and waits for nobody (fault 6)', async () => {
    const locker = await server.connect(database)
    await locker.query('BEGIN; LOCK TABLE locked IN ACCESS EXCLUSIVE MODE')
    const sample = await logical.sample?.(source(), { bytes: 12 << 20, timeLimitMs: 20_000 }, makeTestRun())
    await locker.end()
    expect(sample?.tables.toSorted()).toEqual([`public.${odd}`, 'public.item'].toSorted())
    expect(sample?.bytes).toBeLessThan(16 << 20)
    expect(sample?.pieces.reduce((sum, piece) => sum + piece.length, 0)).toBe(sample?.bytes)
    const beginning = Buffer.concat(sample?.pieces.slice(0, 2) ?? []).toString('latin1')
    expect(beginning).toContain('word word')
    expect(beginning).toContain('customer 1')
  })

  it('is what was read when its time is up, and an abort ends it with its reason (fault 11)', async () => {
    const none = await logical.sample?.(source(), { bytes: 12 << 20, timeLimitMs: 0 }, makeTestRun())
    expect(none?.bytes ?? 0).toBeLessThan(12 << 20)
    const run = makeTestRun()
    // With the tables locked, pg_dump is sure to be under way when the abort comes.
    const locker = await server.connect(database)
    await locker.query(`BEGIN; LOCK TABLE ${quoteIdentifier(odd)}, item, locked IN ACCESS EXCLUSIVE MODE`)
    const sampling = logical.sample?.(source(), { bytes: 64 << 20, timeLimitMs: 20_000 }, run)
    const dumps = () => processesNaming(database).filter((line) => line.includes('pg_dump'))
    await vi.waitFor(() => expect(dumps()).toHaveLength(1))
    run.abort(new Error('no longer wanted'))
    await expect(sampling).rejects.toThrow('no longer wanted')
    expect(dumps()).toEqual([])
    await locker.end()
  })
})
