import { describe, expect, it } from 'vitest'
import { planParts } from '@/lib/storage/parts/plan-parts'

const mebibyte = 1024 ** 2
const gibibyte = 1024 ** 3
const first = 8 * mebibyte

describe('sizes of parts', () => {
  it.each([undefined, 0, 1, 50 * gibibyte, 1024 * gibibyte, 5 * 1024 * gibibyte])(
    '10,000 parts hold 5 TiB with the hint %s, and none is over 5 GiB',
    (hint) => {
      const plan = planParts(hint, first)
      let sum = 0
      for (let number = 1; number <= 10_000; number += 1) {
        const size = plan.sizeBytes(number)
        expect(size).toBeLessThanOrEqual(5 * gibibyte)
        sum += size
      }
      expect(sum).toBeGreaterThanOrEqual(5 * 1024 * gibibyte)
    },
  )

  it('stay small as long as the length allows it', () => {
    expect(planParts(undefined, first).sizeBytes(1_000)).toBe(first)
    expect(planParts(20 * gibibyte, first).sizeBytes(2_560)).toBe(first)
  })

  it.each([
    [100 * gibibyte, undefined, 72 * mebibyte],
    [100 * gibibyte, 100 * gibibyte, 28 * mebibyte],
  ])('of %i bytes with the hint %s stay within %i bytes', (total, hint, most) => {
    const plan = planParts(hint, first)
    let [sum, number] = [0, 0]
    while (sum < total) sum += plan.sizeBytes((number += 1))
    expect(plan.sizeBytes(number)).toBeLessThanOrEqual(most)
  })

  it('what is in flight stays within 32 MiB, or one part', () => {
    const plan = planParts(undefined, first)
    expect(plan.inFlight(8 * mebibyte)).toBe(4)
    expect(plan.inFlight(5 * mebibyte)).toBe(4)
    expect(plan.inFlight(16 * mebibyte)).toBe(2)
    expect(plan.inFlight(500 * mebibyte)).toBe(1)
  })
})
