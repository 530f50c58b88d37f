import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { timelineText } from '@/lib/core/log/wal-name'
import { neededSegments } from '@/lib/engines/postgres/recovery/needed-segments'
import { segmentTrouble } from '@/lib/engines/postgres/recovery/segment-trouble'

const mb = 2 ** 20

describe('the segments that a plan counts on', () => {
  it('have every byte of the path, in the file that the server looks into first', () => {
    const paths = fc
      .record({
        start: fc.nat(40 * mb),
        steps: fc.array(fc.integer({ min: 1, max: 5 * mb }), { minLength: 1, maxLength: 5 }),
      })
      .map(({ start, steps }) => {
        let from = start
        return steps.map((step, index) => {
          const leg = { timeline: timelineText(index * 4 + 1), from: BigInt(from), to: BigInt(from + step) }
          from += step
          return leg
        })
      })
    fc.assert(
      fc.property(paths, fc.constantFrom(mb, 2 * mb, 16 * mb), (legs, size) => {
        const [first] = legs
        if (!first) return
        const needed = neededSegments({ path: [first, ...legs.slice(1)] }, size)
        const end = Number(legs.at(-1)?.to)
        for (let number = needed.first - 1; number <= needed.last + 1; number += 1) {
          const [begins, ends] = [number * size, Math.min((number + 1) * size, end)]
          const inside = legs.filter(({ from, to }) => Number(from) < ends && Number(to) > begins)
          const segment = needed.at(number)
          expect(segment === null).toBe(inside.length === 0)
          if (!segment) continue
          expect(segment.name.slice(0, 8)).toBe(inside.at(-1)?.timeline)
          expect(segment.bytes).toBe(ends - begins)
          expect(needed.named(segment.name)).toEqual(segment)
          expect(needed.named(`0000AAAA${segment.name.slice(8)}`)).toBeNull()
        }
        expect(needed.bytesOf(needed.last + 1)).toBe(0)
      }),
    )
  })
})

describe('the header of a segment', () => {
  const expected = { identity: '7341234567890123456', timeline: '0000000B', start: 0x5000000n, segmentBytes: 16 * mb }
  const header = (change: (bytes: Buffer) => void = () => undefined) => {
    const bytes = Buffer.alloc(64)
    bytes.writeUInt16LE(0xd110, 0)
    bytes.writeUInt16LE(2, 2)
    bytes.writeUInt32LE(11, 4)
    bytes.writeBigUInt64LE(expected.start, 8)
    bytes.writeBigUInt64LE(BigInt(expected.identity), 24)
    bytes.writeUInt32LE(16 * mb, 32)
    bytes.writeUInt32LE(8_192, 36)
    change(bytes)
    return bytes
  }

  it('is right, also of the first segment of a timeline, which has its ancestor in it', () => {
    expect(segmentTrouble(header(), expected)).toBeNull()
    expect(
      segmentTrouble(
        header((bytes) => bytes.writeUInt32LE(10, 4)),
        expected,
      ),
    ).toBeNull()
  })

  it.each<[string, (bytes: Buffer) => void, RegExp]>([
    ['zeros', (bytes) => bytes.fill(0), /does not begin/],
    ['a page in the middle', (bytes) => bytes.writeUInt16LE(0, 2), /does not begin/],
    ['another server', (bytes) => bytes.writeUInt8(1, 24), /of the server/],
    ['another place', (bytes) => bytes.writeUInt8(1, 11), /another segment/],
    ['another size', (bytes) => bytes.writeUInt32LE(64 * mb, 32), /segments of 67108864/],
    ['a later timeline', (bytes) => bytes.writeUInt32LE(12, 4), /later timeline/],
  ])('of %s is refused (fault 49)', (_, change, why) => {
    expect(segmentTrouble(header(change), expected)).toMatch(why)
  })

  it('that is cut off is refused', () => {
    expect(segmentTrouble(header().subarray(0, 39), expected)).toMatch(/shorter/)
  })
})
