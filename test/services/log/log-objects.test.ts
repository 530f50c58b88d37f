import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { HoldfastError } from '@/lib/core/holdfast-error'
import { formatLsn } from '@/lib/core/log/lsn'
import { timelineText } from '@/lib/core/log/wal-name'
import { windowsOf } from '@/lib/core/recovery/windows'
import { logKey, logObjectOf } from '@/lib/core/repository/log-paths'
import { walLog } from '@/lib/engines/postgres/log/method'
import type { Storage } from '@/lib/ports/storage'
import type { ServiceContext } from '@/lib/services/context'
import { bringIndexes } from '@/lib/services/log/bring-indexes'
import type { ClaimedStream } from '@/lib/services/log/claim-streams'
import type { LogPlaceKey } from '@/lib/services/log/open-log'
import { readLogObjects } from '@/lib/services/recovery/read-log-objects'
import { readStoredLog } from '@/lib/services/recovery/read-stored-log'
import { removeExpiredLog } from '@/lib/services/recovery/remove-expired-log'
import { writeLogIndexes } from '@/lib/services/log/write-log-index'
import { readLogIndex } from '@/lib/vault/read-log-index'
import { openVault } from '@/lib/vault/open-vault'
import { freshCatalog, type FreshCatalog } from '../../helpers/catalog/catalog'
import { testClock, testContext, type TestClock } from '../../helpers/catalog/service-context'
import { breakAfter } from '../../helpers/faults/break-after'
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
let clock: TestClock
let stores: Stores
let ids: string[]
const [one, two] = [timelineText(1), timelineText(2)]
const hourMs = 3_600_000
const at = (segment: number, byte = 100) => BigInt(segment) * BigInt(segmentBytes) + BigInt(byte)
const range = (from: number, to: number) => Array.from({ length: to - from }, (_, index) => from + index)

beforeAll(async () => {
  catalog = await freshCatalog()
  clock = testClock(new Date('2026-11-21T03:00:00Z'))
  const made = await memoryDestinations(testContext(catalog.db, { clock }), 2)
  ;({ ctx, stores, ids } = made)
})
afterAll(() => catalog.drop())

const trusted = () => new Set([ctx.vault.evidencePublicKey])
const storeOf = (id = ids[0] ?? '') => {
  const storage = stores.get(id)
  if (!storage) throw new Error('no store')
  return storage
}
const open = (with_: ServiceContext, only = ids) =>
  only.map((id) => ({
    id,
    name: id,
    storage: with_.openStorage({ id, name: id, kind: 'local', config: {}, secrets: {} }),
  }))
const write = (claim: ClaimedStream, place: LogPlaceKey, with_ = ctx, only = ids) =>
  writeLogIndexes({ ctx: with_, claim, place, destinations: open(with_, only) }, makeTestRun())
const indexesIn = (id: string, place: LogPlaceKey) =>
  logKeysIn(stores, id, place.sourceId)
    .filter((key) => logObjectOf(key)?.place.timeline === place.timeline && key.includes('/index/'))
    .map((key) => ({ key, bytes: storeOf(id).objects.get(key) ?? Buffer.alloc(0) }))
const chainIn = (id: string, place: LogPlaceKey) =>
  indexesIn(id, place).map(({ key, bytes }) => readLogIndex(key, bytes, trusted()))
const fromObjects = (sourceId: string, id = ids[0] ?? '') =>
  readLogObjects(
    { storage: storeOf(id), sourceId, method: walLog, trustedKeys: trusted(), unwrap: null },
    makeTestRun(),
  )
const sortedBases = ({ windows, gaps }: ReturnType<typeof windowsOf>) => ({
  windows: windows.map((window) => ({ ...window, baseIds: window.baseIds.toSorted() })),
  gaps,
})
const windowsFromObjects = async (sourceId: string, id = ids[0] ?? '') => {
  const { logs, troubles } = await fromObjects(sourceId, id)
  return { troubles, ...sortedBases(windowsOf(logs.get(identity) ?? { bases: [], ranges: [], histories: [] })) }
}
const windowsFromCatalog = async (sourceId: string, destinationId = ids[0] ?? '') =>
  sortedBases(windowsOf(await readStoredLog(ctx.db, walLog, { sourceId, identity, destinationId })))

async function followed(segments: number[], slices: number[] = []) {
  const sourceId = await addSource(ctx)
  const place = await addTimeline({ ctx, stores }, sourceId, { timeline: one, segments, slices })
  return { sourceId, place, claim: await follow(ctx, place, ids) }
}

describe('signed indexes', () => {
  it('list 64 segments each, and after an hour what is left, in every destination', async () => {
    const { place, claim } = await followed(range(1, 151))
    expect(await write(claim, place)).toBe(2)
    expect(await write(claim, place)).toBe(0)
    clock.advance(hourMs - 1)
    expect(await write(claim, place)).toBe(0)
    clock.advance(1)
    expect(await write(claim, place)).toBe(1)
    for (const id of ids) {
      const chain = chainIn(id, place)
      expect(chain.map(({ segments }) => segments.length)).toEqual([64, 64, 22])
      expect(chain.flatMap(({ segments }) => segments.map(({ number }) => number))).toEqual(range(1, 151))
      const [first] = indexesIn(id, place)
      const sha256 = createHash('sha256')
        .update(first?.bytes ?? '')
        .digest('hex')
      expect(chain.map(({ previous }) => previous)).toMatchObject([null, { number: 1, sha256 }, { number: 2 }])
    }
  })

  it('are the same after any crash and another attempt', async () => {
    const world = () => followed(range(1, 67))
    const shown = ({ place }: { place: LogPlaceKey }) =>
      ids.map((id) => chainIn(id, place).map(({ number, segments }) => [number, segments.length]))
    let crashed = true
    let step = 0
    for (; crashed; step += 1) {
      const { place, claim } = await world()
      crashed = (await write(claim, place, breakAfter(ctx, step)).catch(() => null)) === null
      clock.advance(hourMs)
      await write(claim, place)
      await bringIndexes({ ctx, place, destinations: open(ctx), complete: new Map() }, makeTestRun())
      expect(shown({ place })).toEqual([
        [
          [1, 64],
          [2, 2],
        ],
        [
          [1, 64],
          [2, 2],
        ],
      ])
      const [ours, theirs] = ids.map((id) => indexesIn(id, place).map(({ bytes }) => bytes.toString()))
      expect(ours).toEqual(theirs)
      expect(await ctx.db.logSegment.count({ where: { ...place, indexNumber: null } })).toBe(0)
    }
    expect(step).toBeGreaterThan(10)
  }, 120_000)

  it('take over one that was created and never recorded, and replace what is not of this instance', async () => {
    const { place, claim } = await followed(range(1, 65))
    await write(claim, place)
    const [created] = indexesIn(ids[0] ?? '', place)
    // As if nothing had been recorded, and one more segment is there by now.
    const timeline = { where: { sourceId_identity_timeline: place } }
    await ctx.db.logTimeline.update({ ...timeline, data: { indexNumber: 0, indexSha256: null } })
    await ctx.db.logSegment.updateMany({ where: place, data: { indexNumber: null } })
    await ctx.db.logSegment.deleteMany({ where: { ...place, number: 1 } })
    const key = created?.key ?? ''
    storeOf(ids[1]).objects.set(key, Buffer.from('not ours'))
    clock.advance(hourMs)
    expect(await write(claim, place)).toBe(1)
    for (const id of ids) expect(indexesIn(id, place)).toEqual([created])
    const sha256 = createHash('sha256')
      .update(created?.bytes ?? '')
      .digest('hex')
    expect(await ctx.db.logTimeline.findUniqueOrThrow(timeline)).toMatchObject({ indexNumber: 1, indexSha256: sha256 })
  })

  it('come later to a destination that missed them, and are written by no follower that lost its stream', async () => {
    const { place, claim } = await followed(range(1, 129))
    const [here = '', there = ''] = ids
    expect(await write(claim, place, ctx, [here])).toBe(2)
    expect(chainIn(there, place)).toHaveLength(0)
    const complete = new Map<string, number>()
    await bringIndexes({ ctx, place, destinations: open(ctx), complete }, makeTestRun())
    expect(indexesIn(there, place)).toEqual(indexesIn(here, place))
    expect([...complete.values()]).toEqual([2, 2])
    const lost = await followed(range(1, 65))
    await expect(write({ ...lost.claim, fence: 0 }, lost.place)).rejects.toMatchObject({ code: 'lease-lost' })
  })

  it('are tried again where no destination took one', async () => {
    const { place, claim } = await followed(range(1, 65))
    const away: ServiceContext = {
      ...ctx,
      openStorage: (spec): Storage => ({
        ...ctx.openStorage(spec),
        put: async () => Promise.reject(new HoldfastError('storage-unreachable', 'It is away.')),
      }),
    }
    await expect(write(claim, place, away)).rejects.toMatchObject({ code: 'storage-unreachable' })
    expect(await write(claim, place)).toBe(1)
  })

  it('go with the segments that they list, and stay while one of them is kept', async () => {
    const { sourceId, place, claim } = await followed(range(1, 300))
    await write(claim, place)
    await addBase({ ctx, stores }, sourceId, { timeline: one, start: at(140), end: at(141) })
    await removeExpiredLog({ ctx, sourceId, run: makeTestRun() })
    for (const id of ids) expect(chainIn(id, place).map(({ number }) => number)).toEqual([3, 4])
    clock.advance(hourMs)
    expect(await write(claim, place)).toBe(1)
    expect((await windowsFromObjects(sourceId)).troubles).toEqual([])
    expect((await windowsFromObjects(sourceId)).windows).toMatchObject([{ from: at(141), to: at(300, 0) }])
  })
})

describe('windows from the objects alone', () => {
  it('are those of the catalog', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 2, max: 30 }), { maxLength: 2 }),
        fc.array(
          fc.record({ on: fc.nat(2), start: fc.integer({ min: 1, max: 34 }), length: fc.integer({ min: 1, max: 4 }) }),
          { maxLength: 4 },
        ),
        fc.constantFrom(0, 2, 3, 7),
        async (drawnForks, drawnBases, hole) => {
          const forks = drawnForks.toSorted((a, b) => a - b).map((segment, index) => at(segment, 200 + index))
          const sourceId = await addSource(ctx)
          const has = (id: string, number: number) => hole === 0 || (number + ids.indexOf(id)) % hole !== 0
          const places: LogPlaceKey[] = []
          for (const index of range(0, forks.length + 1)) {
            const first = index === 0 ? 1 : Number((forks[index - 1] ?? 0n) / BigInt(segmentBytes))
            const lines = forks.slice(0, index).map((fork, line) => `${line + 1}\t${formatLsn(fork)}\tby test\n`)
            const own = { segments: range(first, first + 8 + index * 3), slices: [300, 700] }
            const history = index === 0 ? {} : { history: lines.join('') }
            places.push(
              await addTimeline(
                { ctx, stores },
                sourceId,
                { timeline: timelineText(index + 1), ...own, ...history },
                has,
              ),
            )
          }
          for (const { on, start, length } of drawnBases) {
            const index = on % (forks.length + 1)
            const begin = forks[index - 1] ?? 0n
            const from = at(start, 50) < begin ? begin : at(start, 50)
            const end = from + BigInt(length * segmentBytes)
            const endedAt = new Date(Date.UTC(2026, 0, 1) + Number(end / BigInt(segmentBytes)) * 1_000)
            await addBase({ ctx, stores }, sourceId, { timeline: timelineText(index + 1), start: from, end, endedAt })
          }
          const [newest] = places.slice(-1)
          if (!newest) throw new Error('no timeline')
          const claim = await follow(ctx, newest, ids)
          clock.advance(hourMs)
          for (const place of places) await write(claim, place)
          for (const id of ids) {
            const { windows, gaps } = await windowsFromObjects(sourceId, id)
            expect({ windows, gaps }).toEqual(await windowsFromCatalog(sourceId, id))
          }
        },
      ),
      { numRuns: 40 },
    )
  }, 120_000)

  it('need no index: places follow from names', async () => {
    const { sourceId } = await followed(range(10, 20), [500, 900])
    await addBase({ ctx, stores }, sourceId, { timeline: one, start: at(10), end: at(11) })
    const { windows, troubles } = await windowsFromObjects(sourceId)
    expect(troubles).toEqual([])
    expect(windows).toMatchObject([{ from: at(11), to: at(20, 900) }])
  })

  describe.each([true, false])('with indexes: %s', (indexed) => {
    const world = async () => {
      const made = await followed(range(1, 200), [500, 900, 1_300])
      await addBase({ ctx, stores }, made.sourceId, { timeline: one, start: at(10), end: at(11) })
      if (indexed) await write(made.claim, made.place)
      return made
    }
    const remove = (sourceId: string, part: string) => {
      const key = logKeysIn(stores, ids[0] ?? '', sourceId).find((each) => each.includes(part))
      expect(key).toBeDefined()
      storeOf().objects.delete(key ?? '')
    }

    it('have a gap where a segment is missing', async () => {
      const { sourceId } = await world()
      remove(sourceId, '/segments/0000000000000100-')
      const { gaps, windows, troubles } = await windowsFromObjects(sourceId)
      expect(gaps).toMatchObject([{ from: at(100, 0), to: at(101, 0) }])
      expect(windows).toMatchObject([{ to: at(100, 0) }])
      expect(troubles.map(({ failure }) => failure.code)).toEqual(indexed ? ['object-not-found'] : [])
    })

    it('have a gap where a slice is missing', async () => {
      const { sourceId } = await world()
      remove(sourceId, '0000000000000500-0000000000000900')
      const { gaps, windows } = await windowsFromObjects(sourceId)
      expect(gaps).toMatchObject([{ from: at(200, 500), to: at(200, 900) }])
      expect(windows).toMatchObject([{ to: at(200, 500) }])
    })
  })

  it.each<[string, (place: LogPlaceKey) => Promise<unknown>]>([
    ['was removed from the middle', async (place) => storeOf().objects.delete(keyOf(place, 2))],
    [
      'was changed',
      async (place) => {
        const bytes = storeOf().objects.get(keyOf(place, 2))?.toString() ?? ''
        storeOf().objects.set(keyOf(place, 2), Buffer.from(bytes.replace(/"to":"0\/\w+"/, '"to":"0/1"')))
      },
    ],
    [
      'lies under the number of another',
      async (place) =>
        storeOf().objects.set(keyOf(place, 2), storeOf().objects.get(keyOf(place, 1)) ?? Buffer.alloc(0)),
    ],
  ])('report an index that %s', async (_, damage) => {
    const { sourceId, place, claim } = await followed(range(1, 257))
    await write(claim, place)
    expect((await windowsFromObjects(sourceId)).troubles).toEqual([])
    await damage(place)
    const { troubles } = await windowsFromObjects(sourceId)
    expect(troubles.map(({ failure }) => failure.code)).toContain('signature-invalid')
  })

  it('use no base backup whose manifest is not signed by a trusted key', async () => {
    const { sourceId } = await followed(range(1, 10))
    const stranger = { ...ctx, vault: openVault(Buffer.alloc(32, 9)) }
    await addBase({ ctx: stranger, stores }, sourceId, { timeline: one, start: at(2), end: at(3) })
    const { logs, troubles } = await fromObjects(sourceId)
    expect(logs.get(identity)?.bases).toEqual([])
    expect(troubles.map(({ failure }) => failure.code)).toContain('signature-invalid')
  })

  it('report a segment of another size than its index says, and of a history that cannot be read', async () => {
    const { sourceId, place, claim } = await followed(range(1, 65))
    const history = `1\t${formatLsn(at(60))}\tby test\n`
    await addTimeline({ ctx, stores }, sourceId, { timeline: two, segments: range(60, 64), history })
    await write(claim, place)
    await addBase({ ctx, stores }, sourceId, { timeline: one, start: at(2), end: at(3) })
    const keys = logKeysIn(stores, ids[0] ?? '', sourceId)
    const cut = keys.find((key) => key.includes(`/${one}/segments/0000000000000030-`)) ?? ''
    const broken = keys.find((key) => key.endsWith('.history')) ?? ''
    storeOf().objects.set(cut, Buffer.from('x'))
    storeOf().objects.set(broken, Buffer.from('nonsense'))
    const { troubles, gaps } = await windowsFromObjects(sourceId)
    expect(troubles.map(({ key }) => key)).toEqual(expect.arrayContaining([cut, broken]))
    expect(gaps).toContainEqual(expect.objectContaining({ from: at(30, 0), to: at(31, 0) }))
  })
})

const keyOf = (place: LogPlaceKey, number: number) => logKey(place, { kind: 'index', number })
