import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { exposureMs } from '@/lib/core/recovery/exposure'

const now = new Date('2026-11-21T02:00:00Z')
const ago = (ms: number) => new Date(now.getTime() - ms)

describe('exposure', () => {
  it.each([
    ['nothing that is not stored', { oldestUnstoredCommitAt: null, isConnected: true, clearAt: ago(3_600_000) }, 0],
    ['a commit that is not stored', { oldestUnstoredCommitAt: ago(700), isConnected: true, clearAt: ago(9_000) }, 700],
    ['no connection', { oldestUnstoredCommitAt: null, isConnected: false, clearAt: ago(9_000) }, 9_000],
    [
      'no connection and a commit',
      { oldestUnstoredCommitAt: ago(700), isConnected: false, clearAt: ago(9_000) },
      9_000,
    ],
    [
      'a commit, and nothing was ever clear',
      { oldestUnstoredCommitAt: ago(700), isConnected: false, clearAt: null },
      700,
    ],
    ['nothing known', { oldestUnstoredCommitAt: null, isConnected: false, clearAt: null }, null],
    ['a server whose clock is ahead', { oldestUnstoredCommitAt: ago(-50), isConnected: true, clearAt: null }, 0],
  ])('with %s', (_, facts, expected) => {
    expect(exposureMs(facts, now)).toBe(expected)
  })

  it('is at least as long as the oldest commit that would be lost is ago', () => {
    const minutes = fc.array(fc.nat(600_000), { maxLength: 20 })
    fc.assert(
      fc.property(minutes, fc.nat(600_000), fc.boolean(), (commits, storedAgo, isConnected) => {
        // Everything that is older than `storedAgo` is stored; without a connection the follower hears of none after that.
        const lost = commits.filter((each) => each < storedAgo)
        const oldest = lost.length > 0 ? ago(Math.max(...lost)) : null
        const facts = { oldestUnstoredCommitAt: isConnected ? oldest : null, isConnected, clearAt: ago(storedAgo) }
        expect(exposureMs(facts, now)).toBeGreaterThanOrEqual(Math.max(0, ...lost))
      }),
    )
  })
})
