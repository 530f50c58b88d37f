import { randomInt } from 'node:crypto'
import { describe, expect, it, test } from 'vitest'
import { newSetupCode, setupCodeMatches } from '@/lib/core/access/setup-code'
import { signInDelay } from '@/lib/core/access/sign-in-delay'
import { Turns } from '@/lib/services/user/turns'

test.each([
  [0, 0],
  [5, 0],
  [6, 100],
  [7, 200],
  [10, 1_600],
  [11, 3_000],
  [1_000_000, 3_000],
])('after %i failures of an account a stranger waits %i ms: longer and longer, never for good', (failures, ms) => {
  expect(signInDelay(failures)).toBe(ms)
})

describe('the set-up code', () => {
  it('is four groups of letters and digits that cannot be taken for one another, and never the same', () => {
    const codes = Array.from({ length: 200 }, () => newSetupCode(randomInt))
    for (const code of codes) expect(code).toMatch(/^([A-HJKMNP-TV-Z2-9]{4}-){3}[A-HJKMNP-TV-Z2-9]{4}$/)
    expect(new Set(codes).size).toBe(200)
  })

  test.each([
    ['ABCD-EFGH-JKMN-2345', true],
    ['abcd efgh jkmn 2345', true],
    [' abcdefghjkmn2345\n', true],
    ['ABCD-EFGH-JKMN-2346', false],
    ['ABCD-EFGH-JKMN', false],
    ['', false],
  ])('matches %j: %j', (given, matches) => {
    expect(setupCodeMatches('ABCD-EFGH-JKMN-2345', given)).toBe(matches)
  })

  it('matches nothing when it is empty', () => {
    expect(setupCodeMatches('', '')).toBe(false)
  })
})

describe('checking passwords', () => {
  it('runs no more at once than allowed, in order, and takes no more than may wait', async () => {
    const turns = new Turns({ atOnce: 2, waiting: 3 })
    const ended: number[] = []
    let running = 0
    let most = 0
    const gates: (() => void)[] = []
    const work = (n: number) =>
      turns.take(async () => {
        most = Math.max(most, (running += 1))
        await new Promise<void>((resolve) => gates.push(resolve))
        running -= 1
        ended.push(n)
        return n
      })
    const all = [1, 2, 3, 4, 5, 6].map(work)
    expect(await all[5]).toBeNull()
    for (let n = 0; n < 5; n += 1) {
      gates.shift()?.()
      await all[n]
    }
    expect(await Promise.all(all.slice(0, 5))).toEqual([1, 2, 3, 4, 5].map((value) => ({ value })))
    expect(most).toBe(2)
    expect(ended).toEqual([1, 2, 3, 4, 5])
  })
})
