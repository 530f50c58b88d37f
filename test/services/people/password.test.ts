import os from 'node:os'
import type * as Argon2 from '@node-rs/argon2'
import { expect, it, vi } from 'vitest'
import { hashPassword, passwordMatches } from '@/lib/services/user/password'

const running = vi.hoisted(() => ({ now: 0, most: 0 }))

/** The real argon2, with a count of the calls that run at the same time. */
vi.mock('@node-rs/argon2', async (original) => {
  const real = await original<typeof Argon2>()
  const counted =
    <A extends unknown[], R>(run: (...args: A) => Promise<R>) =>
    async (...args: A) => {
      running.most = Math.max(running.most, (running.now += 1))
      return run(...args).finally(() => (running.now -= 1))
    }
  return { ...real, hash: counted(real.hash), verify: counted(real.verify) }
})

it('no more passwords are checked at once than there are processors', async () => {
  const stored = await hashPassword('the right one')
  const given = ['the right one', ...Array.from({ length: 19 }, (_, n) => `guess ${n}`)]
  const [right, ...wrong] = await Promise.all(given.map((password) => passwordMatches(stored, password)))
  expect(right).toBe(true)
  expect(wrong).toEqual(wrong.map(() => false))
  // The decoy for unknown names is made beside the first check, once.
  expect(running.most).toBeLessThanOrEqual(Math.min(os.availableParallelism(), 3) + 1)
  expect(running.most).toBeGreaterThan(1)
})
