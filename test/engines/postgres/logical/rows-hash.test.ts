import { describe, expect, it } from 'vitest'
import { RowsHash } from '@/lib/engines/postgres/logical/archive/rows-hash'
import { makeRandom } from '@/test/helpers/random'

const digest = (...pieces: (string | Buffer)[]) => {
  const hash = new RowsHash()
  for (const piece of pieces) hash.update(Buffer.from(piece))
  return hash.digest()
}
const rowsOf = (random: ReturnType<typeof makeRandom>, count: number) =>
  Array.from({ length: count }, () => {
    const text = Array.from({ length: random.below(70) }, () => String.fromCharCode(32 + random.below(95)))
    return `${text.join('')}\n`
  })

describe('the hash of the rows of a table', () => {
  it('is the same for the same rows in any order, cut into pieces anywhere', () => {
    const random = makeRandom(15)
    const rows = rowsOf(random, 400)
    const expected = digest(rows.join(''))
    for (let trial = 0; trial < 50; trial += 1) {
      const bytes = Buffer.from(random.shuffled(rows).join(''))
      const cuts = Array.from({ length: 40 }, () => random.below(bytes.length)).sort((a, b) => a - b)
      const pieces = [0, ...cuts].map((from, index) => bytes.subarray(from, cuts[index] ?? bytes.length))
      expect(digest(...pieces)).toBe(expected)
    }
  })

  it('is another when one byte of any row is another', () => {
    const random = makeRandom(16)
    const rows = rowsOf(random, 60)
    const bytes = Buffer.from(rows.join(''))
    const seen = new Set([digest(bytes)])
    for (let at = 0; at < bytes.length; at += 1) {
      const changed = Buffer.from(bytes)
      changed[at] = (changed[at] ?? 0) ^ (1 << random.below(7))
      seen.add(digest(changed))
    }
    expect(seen.size).toBe(bytes.length + 1)
  })

  it('is another when a row is lost, doubled, or has something of its neighbour', () => {
    const text = '1\tone\n2\ttwo\n3\t\\N\n'
    const others = [
      '1\tone\n2\ttwo\n',
      '1\tone\n2\ttwo\n3\t\\N\n3\t\\N\n',
      '1\ttwo\n2\tone\n3\t\\N\n',
      '1\tone2\ttwo\n3\t\\N\n',
      '\n1\tone\n2\ttwo\n3\t\\N\n',
      '',
    ]
    expect(new Set([text, ...others].map((other) => digest(other))).size).toBe(others.length + 1)
  })

  it('tells rows of zero bytes of different lengths apart', () => {
    const zeros = Array.from({ length: 40 }, (_, length) => Buffer.concat([Buffer.alloc(length), Buffer.from('\n')]))
    expect(new Set(zeros.map((row) => digest(row))).size).toBe(zeros.length)
  })
})
