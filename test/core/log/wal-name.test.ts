import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  numberOfSegment,
  segmentNumberOf,
  segmentStart,
  timelineHistoryName,
  timelineNumber,
  timelineText,
  walFileOf,
  walSegmentName,
} from '@/lib/core/log/wal-name'

const mb = 2 ** 20
const sizes = fc.integer({ min: 0, max: 10 }).map((power) => mb * 2 ** power)
const timelines = fc.integer({ min: 1, max: 0xffffffff })

describe('names of the log', () => {
  // What the function pg_walfile_name of a server with this size of segments answers.
  it.each([
    [1, 1, 16, '000000010000000000000001'],
    [1, 255, 16, '0000000100000000000000FF'],
    [1, 256, 16, '000000010000000100000000'],
    [10, 63, 64, '0000000A000000000000003F'],
    [10, 64, 64, '0000000A0000000100000000'],
    [31, 4095, 1, '0000001F0000000000000FFF'],
    [31, 4096, 1, '0000001F0000000100000000'],
    [0xffffffff, 5, 1024, 'FFFFFFFF0000000100000001'],
  ])('timeline %i, segment %i of %i MB is %s', (timeline, number, size, name) => {
    expect(walSegmentName(timeline, number, size * mb)).toBe(name)
    const file = walFileOf(name)
    expect(file).toMatchObject({ kind: 'segment', timeline })
    expect(file?.kind === 'segment' && numberOfSegment(file, size * mb)).toBe(number)
  })

  it.each([
    '00000001000000000000000', // one digit less
    '0000000100000000000000010', // one more
    '000000010000000000000001.partial',
    '000000010000000000000001.00000028.backup',
    '00000001000000000000000a',
    '0000000a.history',
    '0000000A.history.gz',
    '0000000A.History',
    ' 000000010000000000000001',
    '000000010000000000000001\n',
    '000000000000000000000001',
    '00000000.history',
    'archive_status',
    '',
  ])('%j is not taken for a segment or history (fault 90)', (name) => {
    expect(walFileOf(name)).toBeNull()
  })

  it('a history is known by its name, which is hexadecimal', () => {
    expect(timelineHistoryName(10)).toBe('0000000A.history')
    expect(walFileOf('0000000A.history')).toEqual({ kind: 'history', timeline: 10 })
  })

  it('a name that no segment of this size has, has no number', () => {
    const file = { log: 0, part: 64 }
    expect(numberOfSegment(file, 16 * mb)).toBe(64)
    expect(numberOfSegment(file, 64 * mb)).toBeNull()
  })

  it('names, numbers and places agree for every size (fault 91)', () => {
    fc.assert(
      fc.property(timelines, fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), sizes, (timeline, lsn, size) => {
        const number = segmentNumberOf(lsn, size)
        const start = segmentStart(number, size)
        expect(start <= lsn && lsn < start + BigInt(size)).toBe(true)
        const file = walFileOf(walSegmentName(timeline, number, size))
        // By the definition in PostgreSQL's sources: the high half of the place, and the low half in segments.
        expect(file).toEqual({
          kind: 'segment',
          timeline,
          log: Number(lsn >> 32n),
          part: Number((lsn & 0xffffffffn) / BigInt(size)),
        })
        expect(file?.kind === 'segment' && numberOfSegment(file, size)).toBe(number)
        expect(timelineNumber(timelineText(timeline))).toBe(timeline)
      }),
    )
  })

  it('names sort as their places do', () => {
    fc.assert(
      fc.property(fc.nat(2 ** 44 - 1), fc.nat(2 ** 44 - 1), sizes, (first, second, size) => {
        const count = 2 ** 64 / size
        const [a, b] = [first % count, second % count]
        expect(walSegmentName(1, a, size) < walSegmentName(1, b, size)).toBe(a < b)
      }),
    )
  })

  it('what no cluster has is refused', () => {
    expect(() => walSegmentName(0, 1, 16 * mb)).toThrow(RangeError)
    expect(() => walSegmentName(2 ** 32, 1, 16 * mb)).toThrow(RangeError)
    expect(() => walSegmentName(1, -1, 16 * mb)).toThrow(RangeError)
    expect(() => walSegmentName(1, 2 ** 40, 16 * mb)).toThrow(RangeError)
    for (const size of [0, 3 * mb, mb / 2, 2 ** 31]) expect(() => segmentNumberOf(0n, size)).toThrow(RangeError)
    for (const text of ['1', '0000000a', '00000000', '000000001'])
      expect(() => timelineNumber(text)).toThrow(SyntaxError)
  })
})
