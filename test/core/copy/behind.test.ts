import { describe, expect, it } from 'vitest'
import { copyLateAfterMs, isBehind, isInTime } from '@/lib/core/copy/behind'

const minute = 60_000
const hour = 60 * minute
const now = new Date('2026-11-21T12:00:00Z')
const reason = { code: 'copy-behind', message: 'too slow' }

describe('a copy that its backup did not wait for', () => {
  it.each([
    ['pending', reason, true],
    ['uploading', reason, true],
    ['failed', reason, false],
    ['stored', reason, false],
    ['pending', null, false],
    ['uploading', { code: 'storage-unreachable', message: 'away' }, false],
    ['pending', 'nonsense', false],
  ])('is behind when it is %s because of %o: %s', (state, error, expected) => {
    expect(isBehind({ state, error })).toBe(expected)
  })

  it.each([
    [null, 24 * hour],
    [6 * hour, 6 * hour],
    [5 * minute, hour],
    [72 * hour, 24 * hour],
  ])('with an objective of %s ms is late after %s ms', (rpoObjectiveMs, lateMs) => {
    expect(copyLateAfterMs(rpoObjectiveMs)).toBe(lateMs)
    const since = (ms: number) => ({ finishedAt: new Date(now.getTime() - ms), rpoObjectiveMs })
    const copy = { state: 'uploading', error: reason }
    expect(isInTime(copy, since(lateMs - 1), now)).toBe(true)
    expect(isInTime(copy, since(lateMs), now)).toBe(false)
    expect(isInTime({ ...copy, state: 'failed' }, since(0), now)).toBe(false)
  })
})
