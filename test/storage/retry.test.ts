import { describe, expect, it } from 'vitest'
import { HoldfastError } from '@/lib/core/holdfast-error'
import { backoffMs, defaultRetryPolicy, retry } from '@/lib/storage/retry'
import { makeTestRun } from '../helpers/run-context'

describe('retry', () => {
  const policy = { attempts: 3, baseDelayMs: 1, maxDelayMs: 2 }
  const passing = () => new HoldfastError('storage-failed', 'busy', { transient: true })

  it('waits between nothing and a bound that doubles up to its maximum (fault 25)', () => {
    const most = [1, 2, 3, 4, 5, 6, 7, 8].map((failed) => backoffMs(defaultRetryPolicy, failed, () => 1))
    expect(most).toEqual([500, 1_000, 2_000, 4_000, 8_000, 16_000, 20_000, 20_000])
    expect(backoffMs(defaultRetryPolicy, 5, () => 0)).toBe(0)
  })

  it('ends after the policy’s attempts with the last error', async () => {
    let calls = 0
    const run = makeTestRun()
    const failing = retry(
      () => Promise.reject(new HoldfastError('storage-failed', `try ${(calls += 1)}`, { transient: true })),
      {
        what: 'test',
        policy,
        ...run,
      },
    )
    await expect(failing).rejects.toThrow('try 3')
    expect(calls).toBe(3)
  })

  it('repeats neither what is for good nor what it does not know', async () => {
    for (const error of [new HoldfastError('storage-denied', 'no'), new TypeError('a bug')]) {
      let calls = 0
      const failing = retry(
        () => {
          calls += 1
          throw error
        },
        { what: 'test', policy, ...makeTestRun() },
      )
      await expect(failing).rejects.toBe(error)
      expect(calls).toBe(1)
    }
  })

  it('rejects with the reason of an abort, not with the failure it hid', async () => {
    const run = makeTestRun()
    const reason = new Error('cancelled by the user')
    const failing = retry(
      async () => {
        run.abort(reason)
        throw passing()
      },
      { what: 'test', policy, ...run },
    )
    await expect(failing).rejects.toBe(reason)
  })
})
