import { readFileSync } from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { formatLsn, parseLsn } from '@/lib/core/log/lsn'
import { WalReader } from '@/lib/engines/postgres/log/read-records'
import type { WalFact } from '@/lib/engines/postgres/log/wal-fact'
import { type DumpedRecord, dumpWal, type MixedWal, writeMixedWal } from '../../../helpers/engines/mixed-wal'

/** A fact as the lines of pg_waldump are compared with it. */
type Line = [kind: string, lsn: string, ...facts: (string | number)[]]

const time = (micros: bigint) =>
  `${new Date(Number(micros / 1000n)).toISOString().slice(0, -1)}${String(micros % 1000n).padStart(3, '0')}`

function lineOf(fact: WalFact): Line {
  const lsn = formatLsn(fact.lsn)
  switch (fact.kind) {
    case 'restore-point':
      return [fact.kind, lsn, fact.name]
    case 'shutdown':
      return [fact.kind, lsn, fact.timeline, fact.previousTimeline]
    case 'end-of-recovery':
      return [fact.kind, lsn, fact.timeline, fact.previousTimeline, time(fact.atMicros)]
    default:
      return [fact.kind, lsn, fact.xid, time(fact.atMicros)]
  }
}

const timeOf = (text: string) => /(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d\.\d+) UTC/.exec(text)?.slice(1).join('T') ?? ''
const timelinesOf = (text: string) => [...text.matchAll(/\btli (\d+)/g)].map(([, tli]) => Number(tli))

function dumpedLine({ kind, lsn: padded, xid, rest }: DumpedRecord): Line[] {
  const lsn = formatLsn(parseLsn(padded))
  const prepared = Number(/^(\d+): /.exec(rest)?.[1])
  switch (kind) {
    case 'COMMIT':
    case 'ABORT':
      return [[kind.toLowerCase(), lsn, xid, timeOf(rest)]]
    case 'COMMIT_PREPARED':
    case 'ABORT_PREPARED':
      return [[kind === 'COMMIT_PREPARED' ? 'commit' : 'abort', lsn, prepared, timeOf(rest)]]
    case 'RESTORE_POINT':
      return [['restore-point', lsn, rest]]
    case 'CHECKPOINT_SHUTDOWN':
      return [['shutdown', lsn, ...timelinesOf(rest)]]
    case 'END_OF_RECOVERY':
      return [['end-of-recovery', lsn, ...timelinesOf(rest), timeOf(rest)]]
    default:
      return []
  }
}

const sorted = (lines: Line[]) => lines.toSorted(([, a], [, b]) => Number(parseLsn(a) - parseLsn(b)))

const startOf = (name: string, segmentBytes: number) =>
  (BigInt(`0x${name.slice(8, 16)}`) << 32n) + BigInt(`0x${name.slice(16)}`) * BigInt(segmentBytes)

/** Sizes from a byte to more than a page, the same in each run. */
function* sizes(seed: number): Generator<number, never> {
  for (let state = seed; ;) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0
    yield 1 + ((state >>> 8) % 2 ** (1 + (state % 17)))
  }
}

function readAll(
  wal: MixedWal,
  names: string[],
  major?: number,
  chunks: Iterator<number, never> = sizes(names.length),
) {
  const reader = new WalReader({ segmentBytes: wal.segmentBytes, ...(major ? { serverMajor: major } : {}) })
  const facts: WalFact[] = []
  for (const name of names) {
    const bytes = readFileSync(path.join(wal.folder, name))
    const start = startOf(name, wal.segmentBytes)
    for (let at = 0; at < bytes.length;) {
      const chunk = bytes.subarray(at, at + chunks.next().value)
      facts.push(...reader.write(start + BigInt(at), chunk))
      at += chunk.length
    }
  }
  return facts
}

/** Without these, the load would not have written what it is meant to. */
const ofBoth = [
  'COMMIT',
  'ABORT',
  'COMMIT_PREPARED',
  'ABORT_PREPARED',
  'RESTORE_POINT',
  'SWITCH',
  'CHECKPOINT_SHUTDOWN',
]
const ofFirst = [...ofBoth, 'OVERWRITE_CONTRECORD']
const ofSecond = [...ofBoth, 'END_OF_RECOVERY']

describe.each([
  [15, 1],
  [15, 16],
  [17, 1],
  [17, 16],
  [17, 64],
] as const)('the log of PostgreSQL %i in segments of %i MB', (major, segmentMb) => {
  let wal: MixedWal
  beforeAll(async () => {
    wal = await writeMixedWal(major, segmentMb)
  })
  afterAll(() => wal.close())

  test.each([0, 1])('answers what pg_waldump reads, in timeline number %i of two', async (index) => {
    const names = wal.timelines[index] ?? []
    const records = await dumpWal(wal, names)
    expect(records.map(({ kind }) => kind)).toEqual(expect.arrayContaining(index === 0 ? ofFirst : ofSecond))
    const dumped = sorted(records.flatMap(dumpedLine))
    expect(readAll(wal, names, major).map(lineOf)).toEqual(dumped)
  })
})
