import { existsSync } from 'node:fs'
import { readFile, rename, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { logKey } from '@/lib/core/repository/log-paths'
import { storedForm } from '@/lib/services/log/log-object-form'
import { getWindows } from '@/lib/services/recovery/get-windows'
import { startCare } from '@/lib/services/storage-care/start-care'
import { followedLog } from '../../helpers/followed-log'
import { startProduct, type Product } from '../../helpers/product'
import { startPostgres, type TestPostgres } from '../../helpers/servers/postgres'
import { waitFor } from '../../helpers/wait-for'

const dayMs = 86_400_000

type Damage = (file: string, bytes: Buffer) => Promise<void>
const flip: Damage = (file, bytes) => {
  const changed = Buffer.from(bytes)
  const at = Math.floor(bytes.length / 2)
  changed.writeUInt8(changed.readUInt8(at) ^ 1, at)
  return writeFile(file, changed)
}
const cut: Damage = (file, bytes) => writeFile(file, bytes.subarray(0, -1))
const remove: Damage = (file) => rm(file)

describe('stored log is read back by turns (fault 48)', () => {
  let product: Product
  let server: TestPostgres
  let sourceId: string
  let near: { id: string; folder: string }
  let far: { id: string; folder: string }
  let log: ReturnType<typeof followedLog>

  beforeAll(async () => {
    server = await startPostgres({ settings: { max_wal_size: '256MB' } })
    await server.sql('CREATE TABLE t (filler text)')
    product = await startProduct()
    sourceId = await product.addSource(server.source())
    near = await product.addLocalDestination('near')
    far = await product.addLocalDestination('far')
    await product.startWorker()
    log = followedLog(product, sourceId)
    await log.protect({ continuous: true, sliceMs: 2_000, destinationIds: [near.id, far.id] })
    await log.stored(server)
    await waitFor('the base backup', async () => (await log.stream())?.hasWindow, 90_000)
    await writeSegments(5)
  })
  afterAll(async () => {
    await product?.close()
    await server?.close()
  })

  const writeSegments = async (count: number) => {
    for (let n = 0; n < count; n += 1) {
      await server.sql('INSERT INTO t SELECT repeat(md5(n::text), 32) FROM generate_series(1, 1000) n')
      await server.sql('SELECT pg_switch_wal()')
    }
    await log.stored(server)
  }
  const segments = () => product.ctx.db.logSegment.findMany({ where: { sourceId }, orderBy: { number: 'asc' } })
  /** As if it had been written, and read, so long ago. */
  const age = async (days = 29) => {
    await product.ctx.db.logSegment.updateMany({
      where: { sourceId },
      data: { storedAt: new Date(Date.now() - days * dayMs) },
    })
    await product.ctx.db.logReading.deleteMany({ where: { sourceId } })
  }
  const readBack = async (id: string) => {
    const { jobId } = await startCare({ ctx: product.ctx, input: { id, kind: 'reverify' } })
    return product.finished(jobId)
  }
  const open = () => product.ctx.db.alert.findMany({ where: { event: 'log-damaged', sourceId, resolvedAt: null } })
  const windowsIn = async (id: string) => {
    const known = await getWindows({ ctx: product.ctx, input: { sourceId } })
    const at = known.destinations.find(({ destinationId }) => destinationId === id)
    return { known, windows: at?.windows ?? [], gaps: at?.gaps ?? [] }
  }
  /** One in the middle of the window. */
  const segment = async () => {
    const rows = await segments()
    const found = rows.at(-3)
    if (!found) throw new Error('There are too few segments.')
    return found
  }
  const keyOf = {
    segment: async () => {
      const row = await segment()
      const name = { number: Number(row.number), name: row.name }
      return logKey(row, { kind: 'segment', segment: name, ...storedForm(row) })
    },
    'key of a period': async () => logKey(await segment(), { kind: 'identity', period: 1 }),
    'signed index': async () => {
      // One is due for what has waited for so long.
      await age()
      const number = await waitFor('the index', async () => (await segment()).indexNumber, 60_000)
      const key = logKey(await segment(), { kind: 'index', number })
      await waitFor('the index in both', async () =>
        [near, far].every(({ folder }) => existsSync(path.join(folder, key))),
      )
      return key
    },
  }

  it('finds nothing in log that is whole, and goes on where it was', async () => {
    await age()
    const job = await readBack(near.id)
    expect(job).toMatchObject({ state: 'succeeded' })
    const { care } = await product.ctx.db.destination.findUniqueOrThrow({ where: { id: near.id } })
    const stored = await segments()
    expect(care).toMatchObject({ reverify: { brokenLogObjects: 0 } })
    const blocks = new Set(stored.map(({ number }) => number / 64n))
    expect(await product.ctx.db.logReading.count({ where: { destinationId: near.id } })).toBe(blocks.size)
    expect(await product.ctx.db.logReading.count({ where: { destinationId: far.id } })).toBe(0)
    // Read just now: not again today.
    await readBack(near.id)
    const { care: again } = await product.ctx.db.destination.findUniqueOrThrow({ where: { id: near.id } })
    expect(again).toMatchObject({ reverify: { bytes: 0 } })
  })

  it.each(
    (['segment', 'key of a period', 'signed index'] as const).flatMap((what) =>
      (
        [
          ['a flipped bit', flip],
          ['a missing end', cut],
          ['its removal', remove],
        ] as const
      ).map(([how, damage]) => [what, how, damage] as const),
    ),
  )(
    '%s with %s is found, told, and mended, and the window tells the truth',
    { timeout: 240_000 },
    async (what, _, damage) => {
      const key = await keyOf[what]()
      const file = path.join(near.folder, key)
      const bytes = await readFile(file)
      await damage(file, bytes)
      await age()
      const isSegment = what === 'segment'
      const before = await windowsIn(near.id)
      expect(before.gaps).toEqual([])
      if (isSegment) await rename(far.folder, `${far.folder}.away`)
      try {
        expect(await readBack(near.id)).toMatchObject({ state: 'partial', error: { code: 'copies-not-whole' } })
        if (isSegment) {
          expect(await open()).toMatchObject([{ title: expect.stringContaining('near'), severity: 'critical' }])
          const row = await segment()
          const { known, gaps } = await windowsIn(near.id)
          expect(gaps).toMatchObject([
            { because: expect.stringContaining(row.name), fromPosition: row.from, toPosition: row.to },
          ])
          expect((await windowsIn(far.id)).gaps).toEqual([])
          expect(known.gaps).toEqual([])
        }
      } finally {
        if (isSegment) await rename(`${far.folder}.away`, far.folder)
      }
      if (isSegment) await readBack(near.id)
      const told = await product.ctx.db.alert.findMany({ where: { event: 'log-damaged', sourceId } })
      expect(told.length).toBeGreaterThan(0)
      await waitFor('the alert to end', async () => (await open()).length === 0, 60_000)
      expect((await readFile(file)).equals(bytes)).toBe(true)
      const { windows, gaps } = await windowsIn(near.id)
      expect(gaps).toEqual([])
      expect(windows).toHaveLength(1)
      expect(await log.compared(server, near.id)).toContain((await segment()).name)
    },
  )

  it('the history of a timeline is put back as it was', { timeout: 240_000 }, async () => {
    await server.stop()
    await writeFile(path.join(server.dataDir, 'standby.signal'), '')
    await server.start()
    await server.sql('SELECT pg_promote()')
    await waitFor('the new timeline', async () => (await log.stream())?.timeline === '00000002', 90_000)
    await waitFor('the new base backup or the way over the fork', async () => (await log.stream())?.hasWindow, 90_000)
    await writeSegments(1)
    const row = await product.ctx.db.logTimeline.findFirstOrThrow({ where: { sourceId, timeline: '00000002' } })
    const segmentName = { number: 0, name: row.historyName ?? '' }
    const form = { compression: 'zstd', encryption: 'age' } as const
    const file = path.join(near.folder, logKey(row, { kind: 'segment', segment: segmentName, ...form }))
    await waitFor('the history to lie there', () => Promise.resolve(existsSync(file)))
    for (const damage of [flip, cut]) {
      await damage(file, await readFile(file))
      await age()
      expect((await readBack(near.id)).state).toBe('partial')
      await waitFor('the alert to end', async () => (await open()).length === 0, 60_000)
      await age()
      expect((await readBack(near.id)).state).toBe('succeeded')
    }
  })

  it(
    'a segment that no other destination has ends the window, and a new base backup begins one',
    { timeout: 240_000 },
    async () => {
      const key = await keyOf.segment()
      const row = await segment()
      for (const { folder } of [near, far]) await rm(path.join(folder, key))
      await age()
      expect((await readBack(near.id)).state).toBe('partial')
      expect(
        (await open())
          .map(({ body }) => body)
          .sort()
          .at(-1),
      ).toMatch(/No other destination has it/)
      const { known } = await windowsIn(near.id)
      expect(known.gaps).toMatchObject([{ because: expect.stringContaining(`${row.name} is missing`) }])
      expect(known.windows.at(0)?.toPosition).toBe(row.from)
      await waitFor(
        'a new window',
        async () => (await windowsIn(near.id)).known.windows.some(({ fromPosition }) => fromPosition > row.to),
        120_000,
      )
      // What is lost stays lost, and is told as long as windows lead to it.
      expect(await open()).not.toEqual([])
    },
  )
})
