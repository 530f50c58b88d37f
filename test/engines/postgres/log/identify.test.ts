import { execFileSync } from 'node:child_process'
import { closeSync, openSync, readdirSync, readSync } from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { identifySegment, type KnownLog } from '@/lib/engines/postgres/log/identify'
import { startPostgres, type TestPostgres } from '../../../helpers/servers/postgres'

/** A server whose log is at this segment, as `pg_resetwal` makes it. */
async function startAt(major: 15 | 17, segmentMb: number, segment: string): Promise<TestPostgres> {
  const pg = await startPostgres({ major, segmentMb, settings: { min_wal_size: `${2 * Math.max(40, segmentMb)}MB` } })
  await pg.stop()
  const user = process.getuid?.() === 0 ? { uid: uidOf('-u'), gid: uidOf('-g') } : {}
  execFileSync(path.join(pg.bin, 'pg_resetwal'), ['-l', segment, '-D', pg.dataDir], { ...user, stdio: 'pipe' })
  await pg.start()
  return pg
}

const uidOf = (flag: string) => Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }))

const segmentsOf = (pg: TestPostgres) =>
  readdirSync(path.join(pg.dataDir, 'pg_wal'))
    .filter((name) => /^[0-9A-F]{24}$/.test(name))
    .sort()

/** The beginning of a segment. */
function headOf(pg: TestPostgres, name: string): Buffer {
  const file = openSync(path.join(pg.dataDir, 'pg_wal', name), 'r')
  try {
    const head = Buffer.alloc(8192)
    return head.subarray(0, readSync(file, head))
  } finally {
    closeSync(file)
  }
}

describe.each([
  [15, 16, '000000010000000000000042'],
  [15, 1, '0000000A0000000700000FFE'],
  [17, 64, '0000001F000000FF0000003E'],
  [17, 256, '000000130000000A0000000E'],
] as const)('of PostgreSQL %i, %i MB, from %s on', (major, segmentMb, first) => {
  let pg: TestPostgres
  beforeAll(async () => {
    pg = await startAt(major, segmentMb, first)
    // Across the end of a 4 GB part of the log, where the numbers in the names begin again.
    await pg.sql('CREATE TABLE t (n int); SELECT pg_switch_wal()')
    await pg.sql('INSERT INTO t VALUES (1); SELECT pg_switch_wal()')
    await pg.sql('SELECT pg_logical_emit_message(true, $$the last$$, $$one$$)')
  })
  afterAll(() => pg.close())

  test('says what the server says of its segments (fault 91)', async () => {
    const [row] = await pg.sql(
      `SELECT system_identifier::text AS id, pg_walfile_name(pg_current_wal_insert_lsn()) AS current FROM pg_control_system()`,
    )
    const current = String(row?.current)
    const written = segmentsOf(pg).filter((name) => name >= first && name <= current)
    expect(written.length).toBeGreaterThanOrEqual(3)
    for (const name of written) {
      const known = { systemIdentifier: String(row?.id), segmentBytes: segmentMb * 2 ** 20, major }
      const identity = identifySegment(headOf(pg, name).subarray(0, 40), name, {
        ...known,
        sizeBytes: known.segmentBytes,
      })
      expect(identity).toEqual({
        ...known,
        timeline: Number.parseInt(name.slice(0, 8), 16),
        pageAddress: expect.any(BigInt),
      })
      const [place] = await pg.sql(`SELECT pg_walfile_name('0/0'::pg_lsn + ${identity.pageAddress} + 1) AS name`)
      expect(place?.name).toBe(name)
    }
  })
})

describe('what is no segment of the log', () => {
  const name = '000000030000000000000009'
  const own = { sizeBytes: 16 * 2 ** 20, segmentBytes: 16 * 2 ** 20, major: 15 } satisfies KnownLog
  let pg: TestPostgres
  let head: Buffer
  let systemIdentifier: string
  beforeAll(async () => {
    pg = await startAt(15, 16, name)
    head = headOf(pg, name)
    systemIdentifier = String((await pg.sql('SELECT system_identifier::text AS id FROM pg_control_system()'))[0]?.id)
  })
  afterAll(() => pg.close())

  const changed = (change: (bytes: Buffer) => void) => (bytes: Buffer) => {
    const copy = Buffer.from(bytes)
    change(copy)
    return copy
  }

  test('the segment itself is one', () => {
    expect(identifySegment(head, name, { ...own, systemIdentifier })).toMatchObject({ systemIdentifier, timeline: 3 })
  })

  test.each<[string, (bytes: Buffer) => Buffer, KnownLog, string]>([
    ['empty (fault 49)', () => Buffer.alloc(0), {}, 'object-damaged: it is empty'],
    ['empty, by its size (fault 49)', (bytes) => bytes, { sizeBytes: 0 }, 'object-damaged: it is empty'],
    [
      'cut off within the header (fault 49)',
      (bytes) => bytes.subarray(0, 39),
      {},
      'object-damaged: it is cut off after 39 bytes',
    ],
    [
      'cut off later (fault 49)',
      (bytes) => bytes,
      { sizeBytes: 8192 },
      'object-damaged: it has 8192 bytes instead of 16777216',
    ],
    ['longer than a segment', (bytes) => bytes, { sizeBytes: 16777217 }, 'object-damaged: it has 16777217 bytes'],
    ['zeros', (bytes) => Buffer.alloc(bytes.length), {}, 'object-damaged: it does not begin like the log'],
    [
      'a version that is not known',
      changed((bytes) => bytes.writeUInt16LE(0xd1ff, 0)),
      {},
      'object-damaged: it does not begin like',
    ],
    [
      'another version (fault 49)',
      (bytes) => bytes,
      { major: 17 },
      'log-foreign: PostgreSQL 15 wrote it, and the log is of 17',
    ],
    [
      'another cluster (faults 49, 59, 94)',
      (bytes) => bytes,
      { systemIdentifier: '7' },
      'log-foreign: it is of the cluster',
    ],
    [
      'a cluster with another segment size',
      (bytes) => bytes,
      { segmentBytes: 2 ** 26 },
      'log-foreign: it is of a cluster with segments of',
    ],
    [
      'a page from within a segment',
      changed((bytes) => bytes.writeUInt16LE(0, 2)),
      {},
      'object-damaged: its first page',
    ],
    [
      'a segment size that is none',
      changed((bytes) => bytes.writeUInt32LE(12_345, 32)),
      {},
      'object-damaged: its first page',
    ],
    [
      'a page size that is none',
      changed((bytes) => bytes.writeUInt32LE(100, 36)),
      {},
      'object-damaged: its first page',
    ],
    [
      'an earlier segment, which was to be used again',
      changed((bytes) => bytes.writeUInt32LE(0x0200_0000, 8)),
      {},
      'object-damaged: it is what starts at 0/2000000',
    ],
    [
      'another 4 GB part of the log',
      changed((bytes) => bytes.writeUInt32LE(1, 12)),
      {},
      'object-damaged: it is what starts at 1/9000000',
    ],
    [
      'a later timeline (fault 59)',
      changed((bytes) => bytes.writeUInt32LE(4, 4)),
      {},
      'log-foreign: it is of timeline 00000004',
    ],
    ['timeline 0', changed((bytes) => bytes.writeUInt32LE(0, 4)), {}, 'log-foreign: it is of timeline 0'],
  ])('%s', (_, change, known, told) => {
    const [code, reason = ''] = told.split(': ')
    expect(() => identifySegment(change(head), name, { ...own, systemIdentifier, ...known })).toThrow(
      expect.objectContaining({ code, message: expect.stringContaining(reason) }),
    )
  })

  test('one whose timeline begins within it has the earlier one on its first page', () => {
    const earlier = Buffer.from(head)
    earlier.writeUInt32LE(2, 4)
    expect(identifySegment(earlier, name, own)).toMatchObject({ timeline: 2 })
  })

  test.each([
    `${name}.00000028.backup`,
    `${name}.partial`,
    '00000003.history',
    name.toLowerCase().replace('3', 'a'),
    name.slice(1),
    `${name}0`,
    `../${name}`,
    '',
    '000000000000000000000009',
    // A segment of 16 MB has at most FF there.
    '000000030000000000000100',
  ])('the name %j (fault 90)', (other) => {
    expect(() => identifySegment(head, other, own)).toThrow(expect.objectContaining({ code: 'log-foreign' }))
  })
})
