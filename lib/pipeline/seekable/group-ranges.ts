import type { ByteRange } from '@/lib/core/byte-range'

/** What lies between two ranges and is read rather than asked around: a request takes about as long. */
const joinedBytes = 1024 * 1024
/** Ranges of one request: they are held in memory. */
const mostRanges = 1_000

export interface RangeGroup {
  /** What is read of the object, in one go. */
  packed: ByteRange
  /** What is wanted of it. */
  plain: ByteRange[]
}

/** Joins ranges whose packed bytes lie next to each other, or close. They come in order, and none overlaps the next. */
export async function* groupRanges(
  ranges: AsyncIterable<ByteRange> | Iterable<ByteRange>,
  packedOf: (plain: ByteRange) => ByteRange,
): AsyncGenerator<RangeGroup> {
  let group: RangeGroup | null = null
  let end = 0
  for await (const plain of ranges) {
    if (plain.start < end || plain.end <= plain.start) throw new RangeError('ranges must be in order, and not empty')
    end = plain.end
    const packed = packedOf(plain)
    if (group && group.plain.length < mostRanges && packed.start - group.packed.end <= joinedBytes) {
      group.packed.end = Math.max(group.packed.end, packed.end)
      group.plain.push(plain)
      continue
    }
    if (group) yield group
    group = { packed: { ...packed }, plain: [plain] }
  }
  if (group) yield group
}
