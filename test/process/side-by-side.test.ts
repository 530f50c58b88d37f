import { setTimeout as delay } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { sideBySide } from '@/lib/process/side-by-side'
import { makeTestRun } from '../helpers/run-context'

describe('working side by side', () => {
  it('keeps the order of the items and never runs more than so many', async () => {
    let running = 0
    let most = 0
    const results = await sideBySide(3, [5, 1, 4, 2, 3, 0], makeTestRun(), async (item) => {
      running += 1
      most = Math.max(most, running)
      await delay(item * 3)
      running -= 1
      return item * 10
    })
    expect(results).toEqual([50, 10, 40, 20, 30, 0])
    expect(most).toBe(3)
  })

  it('stops the others at the first failure, waits for them, and tells that one', async () => {
    const ended: string[] = []
    const working = sideBySide(3, ['fails', 'waits', 'late'], makeTestRun(), async (item, { signal }) => {
      if (item === 'fails') throw new Error('first')
      await delay(60_000, undefined, { signal }).catch(() => undefined)
      ended.push(item)
      throw new Error('second')
    })
    await expect(working).rejects.toThrow('first')
    expect(ended).toEqual(['waits', 'late'])
  })

  it('begins nothing new after a failure', async () => {
    const begun: number[] = []
    const working = sideBySide(1, [1, 2, 3], makeTestRun(), async (item) => {
      begun.push(item)
      throw new Error('no')
    })
    await expect(working).rejects.toThrow('no')
    expect(begun).toEqual([1])
  })
})
