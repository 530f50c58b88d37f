import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { postgresOptionsSchema } from '@/lib/contracts/engines/postgres'
import { keptLogSchema } from '@/lib/core/log/kept-log'
import { toJson } from '@/lib/db/to-json'
import { destinationUsage } from '@/lib/services/destination/destination-usage'
import { noteUsage } from '@/lib/services/insight/note-usage'
import { readHeldBytes } from '@/lib/services/insight/read-usage'
import { sumLog } from '@/lib/services/log/sum-log'
import { readMetrics } from '@/lib/services/metrics/read-metrics'
import { renderMetrics } from '@/lib/services/metrics/render-metrics'
import { getStatus } from '@/lib/services/status/get-status'
import { storedClasses } from '@/lib/services/watch/stored-classes'
import { watchSources } from '@/lib/services/watch/watch-sources'
import { freshCatalog, type FreshCatalog } from '../../helpers/catalog/catalog'
import { testContext } from '../../helpers/catalog/service-context'

const hourMs = 3_600_000
const identity = '7'

describe('figures of a source whose log is followed', () => {
  let catalog: FreshCatalog
  let ctx: ReturnType<typeof testContext>
  let sourceId: string
  let destinations: { id: string; kind: string; config: unknown }[]

  beforeAll(async () => {
    catalog = await freshCatalog()
    ctx = testContext(catalog.db)
  })
  afterAll(() => catalog?.drop())

  const ago = (ms: number) => new Date(ctx.clock.now().getTime() - ms)

  /** It promises five minutes, and its base backup is two hours old. */
  beforeEach(async () => {
    await catalog.db.backup.deleteMany()
    await catalog.db.source.deleteMany()
    await catalog.db.alert.deleteMany()
    await catalog.db.destination.deleteMany()
    await catalog.db.setting.deleteMany()
    const options = toJson(postgresOptionsSchema.parse({ rpoObjectiveMs: 5 * 60_000 }))
    const connection = { host: 'db', port: 5432, database: 'shop', user: 'app', ssl: 'disable' }
    const source = await catalog.db.source.create({ data: { name: 'shop', engine: 'postgres', connection, options } })
    sourceId = source.id
    destinations = []
    for (const name of ['north', 'south']) {
      destinations.push(await catalog.db.destination.create({ data: { name, kind: 'local', config: { path: '/no' } } }))
    }
    await catalog.db.logStream.create({
      data: {
        ...{ sourceId, identity, destinationIds: [], slot: 's', state: 'streaming', workerId: randomUUID() },
        ...{ hasWindow: true, windowFrom: ago(2 * hourMs), heartbeatAt: ctx.clock.now(), lagBytes: 4_096n },
        ...{ unstoredSince: ago(7_000), lastCommitAt: ago(9_000), coveredUntil: ago(8_000) },
        kept: keptLogSchema.parse({
          ...{ at: ctx.clock.now().toISOString(), state: 'kept', because: null, bytes: 65_536, looks: [] },
          ...{ spareBytes: null, limitBytes: null, limitName: 'max_slot_wal_keep_size', reader: 'holdfast' },
        }),
      },
    })
  })

  const base = (verified: string, range: object | null) =>
    catalog.db.backup.create({
      data: {
        ...{ sourceId, jobId: randomUUID(), kind: 'base', status: 'succeeded', repositoryPath: 'x/', verified },
        ...{
          startedAt: ago(2 * hourMs),
          finishedAt: ago(2 * hourMs),
          provenAt: ago(hourMs),
          manifest: toJson({ range }),
        },
        copies: { create: { destinationId: destinations[0]?.id ?? '', state: 'stored', storedBytes: 500n } },
      },
    })

  describe('its proof', () => {
    const found = async () => {
      const now = ctx.clock.now()
      await watchSources({ ctx, now })
      const [source] = (await getStatus({ ctx })).sources
      const alert = await catalog.db.alert.findFirst({ where: { event: 'exposure-over-objective', resolvedAt: null } })
      return {
        provenMs: source?.provenExposureMs ?? null,
        metric: (await readMetrics(catalog.db, now)).sources[0]?.provenUpTo?.getTime() ?? null,
        reason: source?.reasons.find(({ code }) => code === 'proven-exposure-over-objective')?.message ?? null,
        alert: alert && `${alert.title}. ${alert.body}`,
      }
    }

    it('is that of a base backup of the same server: it counts up to what is stored, whatever the objective', async () => {
      await base('proven', { identity })
      const metric = ago(7_000).getTime()
      expect(await found()).toEqual({ provenMs: 7_000, metric, reason: null, alert: null })
    })

    it.each([
      ['a base backup of another server', { identity: '8' }],
      ['a dump', null],
    ])('is not that of %s, and the words say what is missing', async (_, range) => {
      await base('proven', range)
      const { provenMs, reason, alert } = await found()
      expect(provenMs).toBe(2 * hourMs)
      expect(reason).toMatch(/only by its log, and no base backup that leads to it is proven/)
      expect(alert).toMatch(/only with a log whose base backup is not proven.*no restore test/)
    })

    it('says of a log that is behind up to when it is stored, not how old the newest backup is', async () => {
      await base('proven', { identity })
      await catalog.db.logStream.updateMany({ data: { unstoredSince: ago(600_000) } })
      const { alert, provenMs } = await found()
      expect(provenMs).toBe(600_000)
      expect(alert).toMatch(/could lose more data than its objective allows. Its log is stored up to/)
    })
  })

  it('are metrics, which are absent where nothing is known', async () => {
    const text = async () => (await renderMetrics({ ctx, version: 'x' })).text
    const labels = `{source="shop",source_id="${sourceId}"}`
    const shown = await text()
    for (const [name, value] of [
      ['log_exposure_seconds', 7],
      ['log_lag_bytes', 4_096],
      ['log_kept_bytes', 65_536],
      ['recovery_window_start_timestamp_seconds', ago(2 * hourMs).getTime() / 1_000],
      ['recovery_window_end_timestamp_seconds', ago(8_000).getTime() / 1_000],
    ] as const) {
      expect(shown).toContain(`holdfast_${name}${labels} ${value}\n`)
    }
    await catalog.db.logStream.updateMany({ data: { hasWindow: false } })
    expect(await text()).not.toContain(`recovery_window_start_timestamp_seconds${labels}`)
    await catalog.db.logStream.deleteMany()
    expect(await text()).not.toContain(`log_lag_bytes${labels}`)
  })

  it('count what a destination has of the log in its size, its costs, its trend and its metrics', async () => {
    const [north, south] = destinations
    const place = { sourceId, identity, timeline: '1' }
    await base('proven', { identity })
    await catalog.db.logTimeline.create({ data: { ...place, segmentBytes: 16 } })
    const facts = {
      sourceBytes: 16n,
      sourceSha256: '',
      storedSha256: '',
      compression: 'none',
      storedAt: ctx.clock.now(),
    }
    await catalog.db.logSegment.createMany({
      data: [1n, 2n, 3n].map((number) => ({
        ...{ ...place, ...facts, number, name: String(number), from: '', to: '', storedBytes: 10n ** number },
        ...{ fromOrder: number * 16n, toOrder: (number + 1n) * 16n },
      })),
    })
    const range = (destinationId: string, fromOrder: bigint, toOrder: bigint) =>
      catalog.db.logRange.create({ data: { ...place, destinationId, from: '', to: '', fromOrder, toOrder } })
    await range(north?.id ?? '', 16n, 64n)
    await range(south?.id ?? '', 32n, 48n)
    await sumLog(ctx)
    const ids = destinations.map(({ id }) => id)
    const sizes = [500 + 10 + 100 + 1_000, 100]
    const usage = await destinationUsage(catalog.db, ids)
    expect(ids.map((id) => usage.get(id))).toEqual([
      { backupCount: 1, storedBytes: sizes[0] },
      { backupCount: 0, storedBytes: sizes[1] },
    ])
    const classes = await storedClasses(catalog.db, destinations)
    expect(ids.map((id) => classes.get(id)?.reduce((sum, { bytes }) => sum + bytes, 0))).toEqual(sizes)
    await noteUsage(catalog.db, ctx.clock.now())
    const days = await catalog.db.destinationDay.findMany()
    expect(ids.map((id) => Number(days.find(({ destinationId }) => destinationId === id)?.storedBytes))).toEqual(sizes)
    const held = await readHeldBytes(catalog.db)
    expect(held.reduce((sum, { bytes }) => sum + bytes, 0)).toBe(1_710)
    const metrics = await readMetrics(catalog.db, ctx.clock.now())
    expect(metrics.destinations.map(({ storedBytes }) => storedBytes)).toEqual(sizes)
    // Ten minutes later, and what has expired is gone.
    await catalog.db.setting.deleteMany({ where: { key: 'turn.log-totals' } })
    await catalog.db.logRange.deleteMany({ where: { destinationId: south?.id ?? '' } })
    await sumLog(ctx)
    expect((await destinationUsage(catalog.db, ids)).get(south?.id ?? '')?.storedBytes).toBe(0)
  })
})
