import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { chooseCopiesToRead, type ReadableCopy } from '@/lib/core/storage-care/choose-copies-to-read'

const hourMs = 3_600_000
const dayMs = 24 * hourMs
const start = Date.parse('2026-01-01T03:00:00Z')

const sizeArbitrary = fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 10_000 }))

/** What happens on one day: how late the run begins, where it is broken off, and what is stored anew. */
const dayArbitrary = fc.record({
  lateMs: fc.integer({ min: 0, max: 3 * hourMs }),
  brokenOffAfter: fc.array(fc.integer({ min: 0, max: 5 }), { maxLength: 3 }),
  added: fc.oneof(fc.constant<number[]>([]), fc.array(sizeArbitrary, { maxLength: 3 })),
  // Retention takes the oldest, which were read first: what is left is then due within fewer days than its share.
  removed: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 6 })),
})

const historyArbitrary = fc.record({
  everyDays: fc.integer({ min: 2, max: 40 }),
  sizes: fc.array(sizeArbitrary, { minLength: 1, maxLength: 40 }),
  days: fc.array(dayArbitrary, { minLength: 10, maxLength: 90 }),
})

describe('the choice of copies to read back', () => {
  it('reads every copy at least every N days, whatever the sizes and wherever runs break off (fault 44)', () => {
    fc.assert(
      fc.property(historyArbitrary, ({ everyDays, sizes, days }) => {
        let copies: ReadableCopy[] = sizes.map((storedBytes, index) => ({
          id: `first-${index}`,
          storedBytes,
          readAt: new Date(start),
        }))
        for (const [day, { lateMs, brokenOffAfter, added, removed }] of days.entries()) {
          let now = start + (day + 1) * dayMs + lateMs
          const read = (ids: string[]) => {
            for (const id of ids) {
              const copy = copies.find((each) => each.id === id)
              if (!copy) throw new Error('A copy was chosen that is not there')
              now += 1_000
              if (now - copy.readAt.getTime() > everyDays * dayMs)
                throw new Error(`${id} was not read for ${(now - copy.readAt.getTime()) / dayMs} days`)
              copy.readAt = new Date(now)
            }
          }
          // Broken off several times, repeated the same day, and then to its end.
          for (const after of brokenOffAfter) read(chooseCopiesToRead(copies, everyDays, new Date(now)).slice(0, after))
          read(chooseCopiesToRead(copies, everyDays, new Date(now)))
          for (const copy of copies) {
            if (now - copy.readAt.getTime() > everyDays * dayMs) throw new Error(`${copy.id} was left out`)
          }
          copies = copies.slice(removed)
          copies.push(
            ...added.map((storedBytes, index) => ({ id: `${day}-${index}`, storedBytes, readAt: new Date(now) })),
          )
        }
      }),
      { numRuns: 2_000 },
    )
  })

  it('reads about n/t of the bytes a day in steady state, not all on one day', () => {
    const copies: ReadableCopy[] = Array.from({ length: 300 }, (_, index) => ({
      id: String(index).padStart(3, '0'),
      storedBytes: 1_000,
      readAt: new Date(start),
    }))
    const perDay: number[] = []
    for (let day = 1; day <= 120; day += 1) {
      const now = new Date(start + day * dayMs)
      const chosen = new Set(chooseCopiesToRead(copies, 30, now))
      perDay.push(chosen.size)
      for (const copy of copies) if (chosen.has(copy.id)) copy.readAt = now
    }
    expect(Math.max(...perDay)).toBeLessThanOrEqual(11)
    expect(Math.min(...perDay)).toBeGreaterThanOrEqual(10)
  })

  it('goes on where a run was broken off instead of reading the same again', () => {
    const copies = ['a', 'b', 'c', 'd'].map((id, index) => ({
      id,
      storedBytes: 100,
      readAt: new Date(start + index * hourMs),
    }))
    const now = start + 5 * dayMs
    expect(chooseCopiesToRead(copies, 20, new Date(now))).toEqual(['a'])
    expect(chooseCopiesToRead(copies, 10, new Date(now))).toEqual(['a'])
    const later = copies.map((copy) => (copy.id === 'a' ? { ...copy, readAt: new Date(now) } : copy))
    expect(chooseCopiesToRead(later, 10, new Date(now + hourMs))).toEqual([])
    expect(chooseCopiesToRead(later, 2, new Date(now + hourMs))).toEqual(['b', 'c', 'd'])
  })

  it('with one day reads everything in each run', () => {
    const copies = ['a', 'b'].map((id) => ({ id, storedBytes: 1, readAt: new Date(start) }))
    expect(chooseCopiesToRead(copies, 1, new Date(start + dayMs))).toEqual(['a', 'b'])
  })
})
