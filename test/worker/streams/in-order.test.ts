import { setImmediate as turn } from 'node:timers/promises'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { InOrder } from '@/worker/streams/in-order'

const mib = 1024 * 1024

it('finishes everything in the order in which it was begun, in whichever order it is prepared', async () => {
  await fc.assert(
    fc.asyncProperty(fc.scheduler(), fc.array(fc.integer({ min: 1, max: 40 }), { maxLength: 12 }), async (s, sizes) => {
      const inOrder = new InOrder()
      const finished: number[] = []
      let preparing = 0
      const begun = (async () => {
        for (const [nth, size] of sizes.entries()) {
          await inOrder.begin(
            size * mib,
            async () => {
              preparing += size
              await s.schedule(Promise.resolve(), `prepares ${nth}`)
              return nth
            },
            async (prepared) => {
              await s.schedule(Promise.resolve(), `finishes ${nth}`)
              preparing -= size
              finished.push(prepared)
            },
          )
          expect(preparing <= 64 || preparing === size).toBe(true)
        }
        await inOrder.drained()
      })()
      await s.waitFor(begun)
      expect(finished).toEqual(sizes.map((_, nth) => nth))
    }),
  )
})

it('finishes nothing after what failed, and says so to every caller', async () => {
  const inOrder = new InOrder()
  const finished: string[] = []
  const note = async (name: string) => void finished.push(name)
  await inOrder.begin(mib, async () => 'first', note)
  await inOrder.begin(mib, () => Promise.reject(new Error('the store is away')), note)
  await inOrder.begin(mib, async () => 'third', note)
  await expect(inOrder.drained()).rejects.toThrow('the store is away')
  await turn()
  expect(() => inOrder.check()).toThrow('the store is away')
  await expect(inOrder.begin(mib, async () => 'fourth', note)).rejects.toThrow('the store is away')
  expect(finished).toEqual(['first'])
})

it('has ended only when what was begun after a failure is no longer prepared', async () => {
  const inOrder = new InOrder()
  const slow = Promise.withResolvers<string>()
  const note = async () => undefined
  await inOrder.begin(mib, () => Promise.reject(new Error('the store is away')), note)
  await inOrder.begin(mib, () => slow.promise, note)
  await expect(inOrder.drained()).rejects.toThrow('the store is away')
  let ended = false
  const ending = inOrder.ended().then(() => (ended = true))
  await turn()
  expect(ended).toBe(false)
  slow.resolve('late')
  await ending
})
