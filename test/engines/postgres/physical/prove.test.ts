import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { Readable } from 'node:stream'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { postgresOptionsSchema } from '@/lib/contracts/engines/postgres'
import { HoldfastError } from '@/lib/core/holdfast-error'
import { formatLsn } from '@/lib/core/log/lsn'
import { segmentNumberOf, walSegmentName } from '@/lib/core/log/wal-name'
import type { LogReader } from '@/lib/ports/log-reader'
import { readableBase } from '../../../helpers/databases/base-backup'
import { checkIn, openProving, type Proving, verdicts } from './proving'

const standard = ['files-as-listed', 'target-reached', 'databases-open', 'catalogs-readable', 'relations-present']
const comprehensive = [...standard, 'rows-readable', 'indexes-sound', 'heap-sound', 'page-checksums']

describe.each([15, 17] as const)('the restore test of a base backup of PostgreSQL %i', (major) => {
  let proving: Proving
  let middle = ''
  beforeAll(async () => {
    proving = await openProving({ major, initdb: ['--data-checksums'] }, async ({ primary }) => {
      const space = path.join(path.dirname(primary.dataDir), 'space')
      execFileSync('install', ['-d', '-o', 'postgres', space])
      await primary.sql(`CREATE TABLESPACE fast LOCATION '${space}'`)
      await primary.sql('CREATE DATABASE shop')
      await primary.sql('CREATE DATABASE "Über uns" TABLESPACE fast')
      await primary.sql('CREATE DATABASE closed')
      await primary.sql('ALTER DATABASE closed ALLOW_CONNECTIONS false')
      await primary.sql(
        `CREATE TABLE orders (id int PRIMARY KEY, text text);
         ALTER TABLE orders ALTER text SET STORAGE EXTERNAL;
         INSERT INTO orders SELECT g, repeat('x', 3000) FROM generate_series(1, 500) g;
         CREATE TABLE nothing (); INSERT INTO nothing DEFAULT VALUES;
         CREATE TABLE emptied (id int); CREATE UNLOGGED TABLE fleeting AS SELECT 1 AS id;
         CREATE TABLE elsewhere (id int PRIMARY KEY USING INDEX TABLESPACE fast) TABLESPACE fast;
         INSERT INTO elsewhere SELECT generate_series(1, 1000);
         CREATE MATERIALIZED VIEW sums AS SELECT sum(id) AS sum FROM orders;
         CREATE SEQUENCE numbers; CREATE TABLE split (id int) PARTITION BY RANGE (id);
         CREATE TABLE split_1 PARTITION OF split FOR VALUES FROM (0) TO (10); CREATE INDEX ON split (id)`,
        'shop',
      )
      await primary.sql('VACUUM (ANALYZE)', 'shop')
      // What the owner of a database may set must not get in the way of looking at it, nor hide anything.
      await primary.sql(`ALTER DATABASE shop SET default_transaction_read_only = on;
        ALTER DATABASE shop SET zero_damaged_pages = on; ALTER DATABASE shop SET search_path = evil;
        ALTER ROLE postgres IN DATABASE shop SET statement_timeout = '200ms'`)
    })
    const { plan, lab } = proving
    middle = walSegmentName(1, segmentNumberOf(plan().path[0].from, lab.segmentBytes) + 1, lab.segmentBytes)
  })
  afterAll(() => proving?.close())

  it('passes a good one at the standard level, and says what was promised and reached', async () => {
    const proof = await proving.prove()
    expect(proof.checks.filter(({ verdict }) => verdict !== 'passed')).toEqual([])
    expect(proof.checks.map(({ name }) => name)).toEqual(standard)
    const end = formatLsn(proving.plan().reaches.position ?? 0n)
    expect(checkIn(proof, 'target-reached')).toMatchObject({ expected: expect.stringContaining(`latest: ${end}`) })
    expect(checkIn(proof, 'files-as-listed').actual).toBeGreaterThan(900)
    // postgres, template1 and the two that were made; the closed one and template0 let nobody in.
    expect(checkIn(proof, 'databases-open')).toMatchObject({ expected: 4, actual: 4 })
    expect(proof.evidence).toMatchObject({
      sandboxVersion: expect.stringMatching(new RegExp(`^${major}`)),
      confinement: { grade: expect.any(String) },
      plan: { as: 'latest', baseBackupId: expect.any(String) },
      reached: { timeline: '00000001', position: expect.stringMatching(/^0\//) },
      steps: { unpackMs: expect.any(Number), replayMs: expect.any(Number), checkMs: expect.any(Number) },
      databases: 6,
    })
    expect(proof.evidence.logBytes).toBeGreaterThan(30_000_000)
    expect(proof.restoreDurationMs).toBeGreaterThan(500)
  })

  it('passes a good one at the comprehensive level, with what the source asks, at a place in the log', async () => {
    const commit = proving.lab.commits[40]
    const plan = proving.plan({ type: 'lsn', lsn: commit?.after ?? 0n })
    const expectations = postgresOptionsSchema.parse({
      criticalTables: ['public.orders', 'sums'],
      assertions: [{ name: 'All orders', sql: 'SELECT count(*) FROM public.orders', expected: '500' }],
    })
    const recovery = { log: proving.lab.reader(), plan }
    const proof = await proving.prove({ level: 'comprehensive', expectations, recovery })
    expect(proof.checks.filter(({ verdict }) => verdict !== 'passed')).toEqual([])
    const asked = ['critical-table', 'critical-table', 'sql-assertion']
    expect(proof.checks.map(({ name }) => name)).toEqual([...comprehensive.slice(0, -1), ...asked, 'page-checksums'])
    expect(checkIn(proof, 'page-checksums').expected).toBeGreaterThan(1000)
    expect(checkIn(proof, 'indexes-sound').expected).toBeGreaterThan(600)
  })

  it('fails for what the source asks and does not get', async () => {
    const expectations = postgresOptionsSchema.parse({
      criticalTables: ['public.emptied'],
      assertions: [{ name: 'All orders', sql: 'SELECT count(*) FROM public.orders', expected: '501' }],
    })
    const proof = await proving.prove({ level: 'comprehensive', expectations })
    const failed = proof.checks.filter(({ verdict }) => verdict !== 'passed')
    expect(failed).toMatchObject([
      { name: 'critical-table', verdict: 'failed', actual: 0 },
      { name: 'sql-assertion', verdict: 'failed', expected: '501', actual: '500' },
    ])
  })

  it('fails when a byte of a part is another one, before anything is started', async () => {
    const { open } = readableBase(proving.taken)
    const changed: typeof open = async (part, run) => {
      if (part.file !== 'base-1.tar') return open(part, run)
      const bytes = readFileSync(path.join(proving.taken.folder, part.file))
      const at = 512 * Math.floor(bytes.length / 1024) + 100
      bytes.writeUInt8(bytes.readUInt8(at) ^ 1, at)
      return Readable.from([bytes])
    }
    const proof = await proving.prove({ open: changed })
    expect(verdicts(proof)).toEqual({ 'files-as-listed': 'failed' })
  })

  const logWith = (fetch: (bytes: Buffer) => ReturnType<LogReader['fetch']>) => ({
    plan: proving.plan(),
    log: proving.lab.reader((name) =>
      name === middle ? fetch(readFileSync(path.join(proving.lab.archive, middle))) : null,
    ),
  })

  it.each<[string, (bytes: Buffer) => ReturnType<LogReader['fetch']>]>([
    ['is missing', () => Promise.resolve(null)],
    [
      'has another byte',
      (bytes) => {
        bytes.writeUInt8(bytes.readUInt8(5_000_000) ^ 0x10, 5_000_000)
        return Promise.resolve(Readable.from([bytes]))
      },
    ],
    ['is cut off', (bytes) => Promise.resolve(Readable.from([bytes.subarray(0, 4_000_000)]))],
    ['is gone from the store', () => Promise.reject(new HoldfastError('object-not-found', 'It is gone.'))],
  ])('fails to reach its target when a segment of the log %s', async (_, fetch) => {
    const proof = await proving.prove({ recovery: logWith(fetch) })
    expect(verdicts(proof)).toEqual({ 'files-as-listed': 'passed', 'target-reached': 'failed' })
  })

  it('decides nothing while the log is not available', async () => {
    const away = new HoldfastError('storage-unreachable', 'The store does not answer.')
    await expect(proving.prove({ recovery: logWith(() => Promise.reject(away)) })).rejects.toBe(away)
    const { recovery: _, ...without } = { recovery: null }
    await expect(proving.prove({ ...without, recovery: undefined })).rejects.toMatchObject({ code: 'continuous-off' })
  })
})
