import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { HoldfastError } from '@/lib/core/holdfast-error'
import { formatLsn } from '@/lib/core/log/lsn'
import { timelineText } from '@/lib/core/log/wal-name'
import { logObjectOf } from '@/lib/core/repository/log-paths'
import type { ServiceContext } from '@/lib/services/context'
import { openTimeline } from '@/lib/services/log/open-log'
import { removeAllExpiredLog, removeExpiredLog } from '@/lib/services/recovery/remove-expired-log'
import { resumeLog } from '@/lib/services/log/resume-log'
import { freshCatalog, type FreshCatalog } from '../../helpers/catalog/catalog'
import { testContext } from '../../helpers/catalog/service-context'
import { breakAfter, withStorage } from '../../helpers/faults/break-after'
import {
  addBase,
  addSource,
  addTimeline,
  follow,
  identity,
  logKeysIn,
  memoryDestinations,
  segmentBytes,
  type Stores,
} from '../../helpers/generated-log'
import { makeTestRun } from '../../helpers/run-context'

let catalog: FreshCatalog
let ctx: ServiceContext
let stores: Stores
let [here, there] = ['', '']
const one = timelineText(1)
const two = timelineText(2)
const at = (segment: number, byte = 100) => BigInt(segment) * BigInt(segmentBytes) + BigInt(byte)
const historyAt = (...forks: bigint[]) =>
  forks.map((fork, index) => `${index + 1}\t${formatLsn(fork)}\tby test\n`).join('')

beforeAll(async () => {
  catalog = await freshCatalog()
  const made = await memoryDestinations(testContext(catalog.db), 2)
  ;({ ctx, stores } = made)
  ;[here = '', there = ''] = made.ids
})
afterAll(() => catalog.drop())

const remove = (sourceId: string, with_: ServiceContext = ctx) =>
  removeExpiredLog({ ctx: with_, sourceId, run: makeTestRun() })
const range = (from: number, to: number) => Array.from({ length: to - from }, (_, index) => from + index)

/** Whole segments and open ones in a store, by timeline and number. */
const segmentsIn = (id: string, sourceId: string) => [
  ...new Set(
    logKeysIn(stores, id, sourceId).flatMap((key) => {
      const found = logObjectOf(key)
      if (found?.object.kind !== 'segment' && found?.object.kind !== 'slice') return []
      const { number } = found.object.segment
      return number === 0 ? [] : [`${found.place.timeline} ${number}`]
    }),
  ),
]
const rowsOf = async (sourceId: string) => {
  const where = { sourceId }
  const select = { timeline: true, number: true }
  const segments = await ctx.db.logSegment.findMany({ where, select })
  const slices = await ctx.db.logSlice.findMany({ where, select })
  return [...new Set([...segments, ...slices].map(({ timeline, number }) => `${timeline} ${number}`))].sort()
}
const rangesOf = async (sourceId: string, destinationId: string) =>
  (await ctx.db.logRange.findMany({ where: { sourceId, destinationId }, orderBy: { fromOrder: 'asc' } })).map(
    ({ timeline, from, fromOrder, toOrder }) => {
      expect(from).toBe(formatLsn(fromOrder))
      return [timeline, Number(fromOrder / BigInt(segmentBytes)), Number(toOrder - 1n) / segmentBytes] as const
    },
  )
/** All that is left of a source's log, in the stores and in the catalog. */
const state = async (sourceId: string) => {
  const where = { sourceId }
  const plain = { orderBy: [{ timeline: 'asc' as const }], where }
  return {
    here: logKeysIn(stores, here, sourceId).map((key) => key.replace(sourceId, '')),
    there: logKeysIn(stores, there, sourceId).map((key) => key.replace(sourceId, '')),
    rows: await rowsOf(sourceId),
    ranges: [await rangesOf(sourceId, here), await rangesOf(sourceId, there)],
    timelines: (await ctx.db.logTimeline.findMany(plain)).map(({ timeline }) => timeline),
    periods: (await ctx.db.logPeriod.findMany({ where, orderBy: [{ timeline: 'asc' }, { period: 'asc' }] })).map(
      ({ timeline, period }) => [timeline, period],
    ),
    removals: await ctx.db.logRemoval.count({ where }),
  }
}

/** Two timelines with periods, a history, slices, a base that is kept and one that is deleted; the first timeline was left. */
async function failedOver(sourceId: string) {
  const log = { ctx, stores }
  await addTimeline(log, sourceId, { timeline: one, segments: range(1, 30), slices: [50, 90], periods: [10, 20, 40] })
  const fork = at(25)
  const place = await addTimeline(log, sourceId, {
    timeline: two,
    segments: range(25, 40),
    slices: [1_000, 2_000],
    history: historyAt(fork),
    periods: [30, 60],
  })
  await addBase(log, sourceId, { timeline: one, start: at(12), end: at(13) })
  return place
}

describe('expired log', () => {
  it('goes up to the segment in which the oldest kept base backup begins, with the keys that open nothing any more', async () => {
    const sourceId = await addSource(ctx)
    const place = await failedOver(sourceId)
    await follow(ctx, place, [here, there])
    expect(await remove(sourceId)).toMatchObject({ troubles: [] })
    const left = await state(sourceId)
    const expected = [
      ...range(12, 31).map((number) => `${one} ${number}`),
      ...range(25, 41).map((number) => `${two} ${number}`),
    ]
    expect(left).toMatchObject({ rows: expected.sort(), timelines: [one, two], removals: 0 })
    expect(segmentsIn(here, sourceId).sort()).toEqual(expected.sort())
    expect(left.there).toEqual(left.here)
    expect(left.periods).toEqual([
      [one, 2],
      [one, 3],
      [two, 1],
      [two, 2],
    ])
    expect(left.here.filter((key) => key.includes('/keys/'))).toHaveLength(4)
    expect(left.ranges[0]).toMatchObject([
      [one, 12, expect.anything()],
      [two, 25, expect.anything()],
    ])
  })

  it('goes with whole timelines, their histories and keys, once no backup leads there and nobody follows them', async () => {
    const sourceId = await addSource(ctx)
    const place = await failedOver(sourceId)
    await follow(ctx, place, [here])
    await ctx.db.backup.updateMany({ where: { sourceId }, data: { deletedAt: new Date() } })
    await addBase({ ctx, stores }, sourceId, { timeline: two, start: at(35), end: at(36) })
    expect(await remove(sourceId)).toMatchObject({ troubles: [] })
    const left = await state(sourceId)
    expect(left).toMatchObject({
      timelines: [two],
      rows: range(35, 41).map((number) => `${two} ${number}`),
      removals: 0,
    })
    expect(left.here.some((key) => key.endsWith('.history'))).toBe(true)

    await ctx.db.logStream.deleteMany({ where: { sourceId } })
    await ctx.db.backup.updateMany({ where: { sourceId }, data: { deletedAt: new Date() } })
    await ctx.db.source.update({ where: { id: sourceId }, data: { deletedAt: new Date() } })
    await removeAllExpiredLog({ ctx, run: makeTestRun() })
    expect(await state(sourceId)).toEqual({
      ...{ here: [], there: [], rows: [], ranges: [[], []], timelines: [], periods: [], removals: 0 },
    })
  })

  /** An older and a newer base backup, of which the older one no longer counts. */
  const twoBases = async () => {
    const sourceId = await addSource(ctx)
    await addTimeline({ ctx, stores }, sourceId, { timeline: one, segments: range(5, 10) })
    const older = await addBase({ ctx, stores }, sourceId, { timeline: one, start: at(5), end: at(6) })
    await addBase({ ctx, stores }, sourceId, { timeline: one, start: at(8), end: at(9) })
    return { sourceId, older }
  }
  const job = { kind: 'backup', actor: {}, state: 'queued' }

  it.each<[string, (sourceId: string) => Promise<unknown>, (sourceId: string) => Promise<unknown>]>([
    [
      'a base backup waits',
      (sourceId) => ctx.db.job.create({ data: { ...job, sourceId, input: { method: 'base' } } }),
      (sourceId) => ctx.db.job.updateMany({ where: { sourceId }, data: { state: 'succeeded' } }),
    ],
    [
      'one that is taken as usual waits',
      (sourceId) => ctx.db.job.create({ data: { ...job, sourceId, input: {} } }),
      (sourceId) => ctx.db.job.updateMany({ where: { sourceId }, data: { state: 'cancelled' } }),
    ],
    [
      'a base backup runs',
      (sourceId) => addBase({ ctx, stores }, sourceId, { timeline: one, start: at(8), end: at(9), status: 'running' }),
      (sourceId) => ctx.db.backup.updateMany({ where: { sourceId, status: 'running' }, data: { status: 'failed' } }),
    ],
    [
      'a follower is about to begin',
      (sourceId) => ctx.db.logStream.create({ data: { sourceId, slot: 's' } }),
      (sourceId) => ctx.db.logStream.deleteMany({ where: { sourceId } }),
    ],
  ])('stays while %s', async (_, begin, end) => {
    const { sourceId, older } = await twoBases()
    await ctx.db.backup.update({ where: { id: older }, data: { deletedAt: new Date() } })
    await begin(sourceId)
    const before = await state(sourceId)
    await remove(sourceId)
    expect(await state(sourceId)).toEqual(before)
    await end(sourceId)
    await remove(sourceId)
    expect(await rowsOf(sourceId)).toEqual([8, 9].map((number) => `${one} ${number}`))
  })

  it.each<[string, object]>([
    ['only waits for its deletion', { deleteAfter: new Date(), deleteCause: 'request' }],
    ['is broken', { verified: 'broken' }],
    ['is partial', { status: 'partial' }],
  ])('is none that a base backup needs which %s', async (_, data) => {
    const { sourceId, older } = await twoBases()
    await ctx.db.backup.update({ where: { id: older }, data })
    const before = await state(sourceId)
    await remove(sourceId)
    expect(await state(sourceId)).toEqual(before)
    await ctx.db.backup.update({ where: { id: older }, data: { status: 'interrupted' } })
    await remove(sourceId)
    expect(await rowsOf(sourceId)).toHaveLength(2)
  })

  it('goes while a dump of the source waits, which needs none', async () => {
    const { sourceId, older } = await twoBases()
    await ctx.db.backup.update({ where: { id: older }, data: { deletedAt: new Date() } })
    await ctx.db.job.create({ data: { ...job, sourceId, input: { method: 'logical' } } })
    await remove(sourceId)
    expect(await rowsOf(sourceId)).toHaveLength(2)
  })

  it.each(['missed', 'failed', 'interrupted'])(
    'is not kept for a base backup that is %s, which has no manifest',
    async (status) => {
      const sourceId = await addSource(ctx)
      await failedOver(sourceId)
      const job = await ctx.db.job.create({
        data: { kind: 'backup', actor: {}, state: status, sourceId, input: {}, finishedAt: new Date() },
      })
      await ctx.db.backup.create({
        data: { jobId: job.id, sourceId, kind: 'base', status, startedAt: new Date(), repositoryPath: '' },
      })
      expect((await remove(sourceId)).troubles).toEqual([])
      expect((await rangesOf(sourceId, here))[0]?.[1]).toBe(12)
    },
  )

  it('never is the newest segment of what is followed: the follower goes on behind it', async () => {
    const sourceId = await addSource(ctx)
    const place = await addTimeline({ ctx, stores }, sourceId, { timeline: one, segments: range(5, 10), slices: [500] })
    await addBase({ ctx, stores }, sourceId, { timeline: one, start: at(20), end: at(21) })
    await follow(ctx, place, [here, there])
    await remove(sourceId)
    expect(await rowsOf(sourceId)).toEqual([`${one} 10`])
    expect(await resumeLog(ctx.db, sourceId)).toMatchObject({ timeline: one, position: formatLsn(at(10, 500)) })
  })

  it('goes from a destination that the log is no longer stored in', async () => {
    const sourceId = await addSource(ctx)
    const place = await addTimeline(
      { ctx, stores },
      sourceId,
      { timeline: one, segments: range(1, 20), periods: [40] },
      (id, number) => id === here || number < 8,
    )
    await follow(ctx, place, [here])
    await addBase({ ctx, stores }, sourceId, { timeline: one, start: at(10), end: at(11) })
    await remove(sourceId)
    expect(segmentsIn(here, sourceId)).toEqual(range(10, 20).map((number) => `${one} ${number}`))
    expect(logKeysIn(stores, there, sourceId)).toEqual([])
  })

  it('stays noted where a destination refuses or is away, which does not keep the others', async () => {
    const sourceId = await addSource(ctx)
    const place = await failedOver(sourceId)
    await follow(ctx, place, [here, there])
    const refusing = withStorage(ctx, (id, storage) => {
      if (id === here)
        return {
          ...storage,
          delete: async () => Promise.reject(new HoldfastError('storage-unreachable', 'It is away.')),
        }
      return storage
    })
    expect((await remove(sourceId, refusing)).troubles).toEqual([expect.stringContaining('It is away.')])
    expect(segmentsIn(there, sourceId)).not.toContain(`${one} 11`)
    expect(segmentsIn(here, sourceId)).toContain(`${one} 11`)
    expect(await rangesOf(sourceId, here)).toEqual(await rangesOf(sourceId, there))
    const locked = withStorage(ctx, (_, storage) => ({
      ...storage,
      delete: async (keys, run) => {
        const [first = '', ...others] = keys
        const outcomes = await storage.delete(others, run)
        return [{ key: first, result: 'refused', message: 'locked' }, ...outcomes]
      },
    }))
    expect((await remove(sourceId, locked)).troubles).toEqual([expect.stringContaining('locked')])
    // All but what is locked is gone.
    expect(segmentsIn(here, sourceId).filter((each) => each.startsWith(one))).toHaveLength(19 + 1)
    expect(await remove(sourceId)).toMatchObject({ troubles: [] })
    const left = await state(sourceId)
    expect(left).toMatchObject({ removals: 0 })
    expect(left.here).toEqual(left.there)
  })

  it('of a timeline that is followed again meanwhile stays where it may be written anew', async () => {
    const sourceId = await addSource(ctx)
    const place = await addTimeline({ ctx, stores }, sourceId, {
      timeline: one,
      segments: range(5, 10),
      slices: [500],
      periods: [20],
    })
    const claim = { sourceId, fence: 1, ending: false }
    const begun: Promise<unknown>[] = []
    const whileDeleting = withStorage(ctx, (_, storage) => ({
      ...storage,
      // The follower begins between two calls, however slow the machine is.
      async *list(prefix, run) {
        await Promise.all(begun)
        yield* storage.list(prefix, run)
      },
      delete: async (keys, run) => {
        if (begun.length > 0) return storage.delete(keys, run)
        await ctx.db.logStream.create({ data: { sourceId, destinationIds: [here, there], fence: 1, slot: 's' } })
        begun.push(openTimeline(ctx, claim, { identity, timeline: one, segmentBytes, histories: [] }))
        return storage.delete(keys, run)
      },
    }))
    const { troubles } = await remove(sourceId, whileDeleting)
    await Promise.all(begun)
    expect(troubles.join()).toMatch(/followed again/)
    // The follower writes the open segment anew, and its key.
    const [open = ''] = [
      `holdfast/v1/${sourceId}/log/${identity}/${one}/segments/0000000000000010-00000001000000000000000A`,
    ]
    for (const { objects } of stores.values()) objects.set(open, Buffer.from('new'))
    expect(await ctx.db.logTimeline.count({ where: place })).toBe(1)
    await remove(sourceId)
    for (const { objects } of stores.values()) expect(objects.has(open)).toBe(true)
  })

  it('is gone after any crash and another run, as without one', async () => {
    const world = async () => {
      const sourceId = await addSource(ctx)
      const place = await failedOver(sourceId)
      await follow(ctx, place, [here])
      await ctx.db.backup.updateMany({ where: { sourceId }, data: { deletedAt: new Date() } })
      await addBase({ ctx, stores }, sourceId, { timeline: two, start: at(32), end: at(33) })
      return sourceId
    }
    const unbroken = await world()
    await remove(unbroken)
    const expected = await state(unbroken)
    expect(expected.rows).toHaveLength(9)
    let [step, crashed] = [0, true]
    for (; crashed; step += 1) {
      const sourceId = await world()
      const breaking = breakAfter(ctx, step)
      const outcome = await remove(sourceId, breaking).catch(() => null)
      crashed = outcome === null || outcome.troubles.length > 0
      // Whatever was removed is not promised any more.
      for (const id of [here, there]) {
        for (const [timeline, from, to] of await rangesOf(sourceId, id)) {
          for (const number of range(from, Math.floor(to) + 1))
            expect(segmentsIn(id, sourceId)).toContain(`${timeline} ${number}`)
        }
      }
      await remove(sourceId)
      expect(await state(sourceId)).toEqual(expected)
    }
    expect(step).toBeGreaterThan(30)
  }, 180_000)

  it('is exactly what no kept base backup needs', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 2, max: 30 }), { minLength: 0, maxLength: 2 }),
        fc.array(
          fc.record({ on: fc.nat(2), start: fc.integer({ min: 1, max: 34 }), length: fc.integer({ min: 1, max: 4 }) }),
          { maxLength: 4 },
        ),
        fc.boolean(),
        fc.boolean(),
        async (drawnForks, drawnBases, isFollowed, hasHole) => {
          const forks = drawnForks.toSorted((a, b) => a - b).map((segment, index) => at(segment, 200 + index))
          const sourceId = await addSource(ctx)
          const has = (id: string, number: number) => id === here || !hasHole || number % 7 > 1
          const stored: { index: number; number: number }[] = []
          for (const index of range(0, forks.length + 1)) {
            const first = index === 0 ? 1 : Number((forks[index - 1] ?? 0n) / BigInt(segmentBytes))
            const segments = range(first, first + 8 + index * 3)
            const own = forks.slice(0, index)
            const history = index === 0 ? {} : { history: historyAt(...own) }
            const timeline = timelineText(index + 1)
            const place = await addTimeline(
              { ctx, stores },
              sourceId,
              { timeline, segments, slices: [300, 700], ...history },
              has,
            )
            stored.push(...range(first, first + segments.length + 1).map((number) => ({ index, number })))
            if (isFollowed && index === forks.length) await follow(ctx, place, [here, there])
          }
          const bases = drawnBases.map(({ on, start, length }) => {
            const index = on % (forks.length + 1)
            const begin = forks[index - 1] ?? 0n
            const from = at(start, 50) < begin ? begin : at(start, 50)
            return { index, start: from, end: from + BigInt(length * segmentBytes) }
          })
          for (const { index, ...base } of bases)
            await addBase({ ctx, stores }, sourceId, { timeline: timelineText(index + 1), ...base })
          expect(await remove(sourceId)).toMatchObject({ troubles: [] })
          const leadsTo = (base: (typeof bases)[number], index: number) =>
            base.index <= index && (base.index === index || base.end <= (forks[base.index] ?? 0n))
          const last = stored.at(-1)
          const keeps = ({ index, number }: { index: number; number: number }) => {
            const leading = bases.filter((base) => leadsTo(base, index))
            if (isFollowed && index === forks.length && (leading.length === 0 || number === last?.number)) return true
            return leading.some(
              (base) =>
                at(number + 1, 0) > base.start && (number !== endOf(stored, index) || at(number, 700) > base.start),
            )
          }
          const expected = stored.filter(keeps).map(({ index, number }) => `${timelineText(index + 1)} ${number}`)
          expect(await rowsOf(sourceId)).toEqual(expected.toSorted())
          expect(segmentsIn(here, sourceId).toSorted()).toEqual(expected.toSorted())
          const elsewhere = expected.filter((each) => has(there, Number(each.split(' ')[1])))
          expect(segmentsIn(there, sourceId).toSorted()).toEqual(elsewhere.toSorted())
        },
      ),
      { numRuns: 40 },
    )
  }, 120_000)

  it('of 20,000 segments is gone in one run', async () => {
    const sourceId = await addSource(ctx)
    const place = await addTimeline({ ctx, stores }, sourceId, {
      timeline: one,
      segments: range(1, 20_001),
      periods: [9_000, 30_000],
    })
    await follow(ctx, place, [here, there])
    await addBase({ ctx, stores }, sourceId, { timeline: one, start: at(19_990), end: at(19_991) })
    await remove(sourceId)
    expect(await rowsOf(sourceId)).toHaveLength(11)
    expect(segmentsIn(here, sourceId)).toHaveLength(11)
  }, 60_000)
})

const endOf = (stored: { index: number; number: number }[], index: number) =>
  stored.findLast((each) => each.index === index)?.number
