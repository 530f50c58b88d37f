import { readFileSync } from 'node:fs'
import path from 'node:path'
import { crc32c } from '@node-rs/crc32'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { HoldfastError } from '@/lib/core/holdfast-error'
import { WalReader } from '@/lib/engines/postgres/log/read-records'
import type { WalFact } from '@/lib/engines/postgres/log/wal-fact'
import { type MixedWal, writeMixedWal } from '../../../helpers/engines/mixed-wal'
import { makeRandom, type Random } from '../../../helpers/random'

const segmentBytes = 2 ** 20
const pageBytes = 8192
const dayInMicros = 86_400_000_000n

let wal: MixedWal
let bytes: Buffer
/** Of the first of the bytes. */
let start: bigint
let facts: WalFact[]

beforeAll(async () => {
  wal = await writeMixedWal(17, 1)
  const names = wal.timelines[1] ?? []
  bytes = Buffer.concat(names.map((name) => readFileSync(path.join(wal.folder, name))))
  start = BigInt(`0x${names[0]?.slice(16) ?? ''}`) * BigInt(segmentBytes)
  facts = read(bytes, start, () => 100_000).facts
})
afterAll(() => wal.close())

/** What is answered until something is thrown. */
function read(log: Buffer, from: bigint, chunk: () => number): { facts: WalFact[]; error: unknown } {
  const reader = new WalReader({ segmentBytes })
  const found: WalFact[] = []
  try {
    for (let at = 0; at < log.length;) {
      const next = log.subarray(at, at + chunk())
      found.push(...reader.write(from + BigInt(at), next))
      at += next.length
    }
    return { facts: found, error: null }
  } catch (error) {
    return { facts: found, error }
  }
}

test('answers the same whatever the size of the chunks', () => {
  expect(facts.length).toBeGreaterThan(250)
  for (const size of [1, 7, 23, 24, 8191, 8192, 8193, segmentBytes])
    expect(
      read(bytes, start, () => size),
      `chunks of ${size} bytes`,
    ).toEqual({ facts, error: null })
})

test('begins at any segment, and answers what starts in it or behind it', () => {
  for (let first = 0; first < bytes.length; first += segmentBytes) {
    const reader = new WalReader({ segmentBytes })
    const from = start + BigInt(first)
    expect(reader.write(from, bytes.subarray(first))).toEqual(facts.filter(({ lsn }) => lsn >= from))
  }
})

/** Places that matter more than others: headers of pages, and what is near a record that is answered. */
function place(log: Buffer, random: Random): number {
  const near = Number((random.pick(facts).lsn - start) % BigInt(log.length)) + random.below(64)
  const header = random.below(log.length / pageBytes) * pageBytes + random.below(40)
  return Math.min(random.pick([near, header, random.below(log.length)]), log.length - 1)
}

/** Some segments, so that many of them can be damaged in a short time. */
function cut(random: Random): { log: Buffer; from: bigint } {
  const first = random.below(bytes.length / segmentBytes - 1) * segmentBytes
  return { log: Buffer.from(bytes.subarray(first, first + 2 * segmentBytes)), from: start + BigInt(first) }
}

const damages: Record<string, (log: Buffer, random: Random) => Buffer> = {
  'a byte that is another one': (log, random) => {
    const at = place(log, random)
    log.writeUInt8(log.readUInt8(at) ^ (1 + random.below(255)), at)
    return log
  },
  'a length that is far too great': (log, random) => {
    log.writeUInt32LE(0xffff_ffff - random.below(9), Math.min(place(log, random) & ~7, log.length - 4))
    return log
  },
  'its end is missing': (log, random) => log.subarray(0, place(log, random)),
  'some bytes are missing': (log, random) => {
    const at = place(log, random)
    return Buffer.concat([log.subarray(0, at), log.subarray(at + 1 + random.below(20_000))])
  },
  'zeros in between': (log, random) => {
    const at = place(log, random)
    return log.fill(0, at, Math.min(at + 1 + random.below(20_000), log.length))
  },
  'bytes of another place': (log, random) => {
    log.copy(log, place(log, random), place(log, random), place(log, random))
    return log
  },
  'a whole page of another place': (log, random) => {
    const page = () => random.below(log.length / pageBytes) * pageBytes
    const from = page()
    log.copy(log, page(), from, from + pageBytes)
    return log
  },
}

const lineOf = (fact: WalFact) => Object.values(fact).map(String).join(' ')

test.each(Object.entries(damages))('answers only what was written, or throws: %s', (_, damage) => {
  const written = new Set(facts.map(lineOf))
  let thrown = 0
  for (let seed = 1; seed <= 250; seed += 1) {
    const random = makeRandom(seed)
    const { log, from } = cut(random)
    const result = read(damage(log, random), from, () => 1 + random.below(200_000))
    const invented = result.facts.map(lineOf).filter((line) => !written.has(line))
    expect(invented, `seed ${seed}`).toEqual([])
    if (result.error === null) continue
    thrown += 1
    expect(result.error, `seed ${seed}`).toMatchObject({ code: 'object-damaged' })
    expect(result.error).toBeInstanceOf(HoldfastError)
  }
  if (damage !== damages['its end is missing']) expect(thrown).toBeGreaterThan(25)
})

test('sees when a record that is only passed over has another length, so that a commit would be passed over with it', () => {
  let tried = 0
  for (const { lsn, end } of facts) {
    const header = bytes.readBigUInt64LE(Number(lsn - start) + 8)
    const before = Number(header - start)
    // Not across a page's header, and not one that is answered itself.
    if (before < 0 || (before ^ Number(end - start - 1n)) >= pageBytes || facts.some((fact) => fact.lsn === header))
      continue
    const log = Buffer.from(bytes.subarray(0, Math.ceil(before / segmentBytes + 1) * segmentBytes))
    log.writeUInt32LE(Number(end - start) - before, before)
    expect(read(log, start, () => 50_000).error).toMatchObject({ code: 'object-damaged' })
    tried += 1
    if (tried === 40) break
  }
  expect(tried).toBe(40)
})

test('names the position, and stays broken', () => {
  const log = Buffer.from(bytes)
  log.fill(0, 3 * pageBytes, 4 * pageBytes)
  const reader = new WalReader({ segmentBytes })
  const place = (start + BigInt(3 * pageBytes)).toString(16).toUpperCase()
  const damage = { code: 'object-damaged', facts: { position: `0/${place}` } }
  expect(() => reader.write(start, log)).toThrow(expect.objectContaining(damage))
  expect(() => reader.write(start, log)).toThrow(expect.objectContaining(damage))
})

test('refuses a log of another version, and bytes that do not follow', () => {
  expect(() => new WalReader({ segmentBytes, serverMajor: 15 }).write(start, bytes)).toThrow(
    'is no page of PostgreSQL 15',
  )
  const reader = new WalReader({ segmentBytes })
  expect(() => reader.write(start + 8n, bytes)).toThrow(RangeError)
  reader.write(start, bytes.subarray(0, 100))
  expect(() => reader.write(start + 101n, bytes.subarray(101))).toThrow(RangeError)
})

/** The end of a prepared transaction, with so many subtransactions that it fills many segments. */
function hugeRecord(subtransactions: number): Buffer {
  const main = 8 + 4 + 4 + 4 * subtransactions + 4
  const record = Buffer.alloc(24 + 5 + main)
  record.writeUInt32LE(record.length, 0)
  record.writeUInt8(0xb0, 16)
  record.writeUInt8(1, 17)
  record.writeUInt8(254, 24)
  record.writeUInt32LE(main, 25)
  record.writeBigInt64LE(7n * dayInMicros, 29)
  record.writeUInt32LE(2 | 16, 37)
  record.writeUInt32LE(subtransactions, 41)
  record.writeUInt32LE(4711, record.length - 4)
  record.writeUInt32LE(crc32c(record.subarray(0, 20), crc32c(record.subarray(24))), 20)
  return record
}

test('reads a record of 100 MB in a few KB of memory', () => {
  const record = hugeRecord(25_000_000)
  const reader = new WalReader({ segmentBytes })
  const page = Buffer.alloc(pageBytes)
  const before = process.memoryUsage()
  const found: WalFact[] = []
  let lsn = start
  for (let at = 0; at < record.length;) {
    const header = Number(lsn % BigInt(segmentBytes)) === 0 ? 40 : 24
    bytes.copy(page, 0, 0, 40)
    page.writeUInt16LE((header === 40 ? 2 : 0) | (at > 0 ? 1 : 0), 2)
    page.writeBigUInt64LE(lsn, 8)
    page.writeUInt32LE(at > 0 ? record.length - at : 0, 16)
    const taken = record.copy(page, header, at)
    at += taken
    found.push(...reader.write(lsn, page.subarray(0, header + taken)))
    lsn += BigInt(header + taken)
  }
  const after = process.memoryUsage()
  expect(found).toEqual([expect.objectContaining({ kind: 'commit', xid: 4711, at: new Date('2000-01-08T00:00:00Z') })])
  expect(after.arrayBuffers - before.arrayBuffers).toBeLessThan(2 ** 20)
})
