import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { postgresOptionsSchema } from '@/lib/contracts/engines/postgres'
import { toJson } from '@/lib/db/to-json'
import { readMetrics } from '@/lib/services/metrics/read-metrics'
import { getStatus } from '@/lib/services/status/get-status'
import { watchSources } from '@/lib/services/watch/watch-sources'
import { freshCatalog, type FreshCatalog } from '../../helpers/catalog/catalog'
import { testContext } from '../../helpers/catalog/service-context'

const hourMs = 3_600_000

describe('what would be lost of a source whose log is followed', () => {
  let catalog: FreshCatalog
  let ctx: ReturnType<typeof testContext>
  let sourceId: string

  beforeAll(async () => {
    catalog = await freshCatalog()
    ctx = testContext(catalog.db)
  })
  afterAll(() => catalog?.drop())

  /** A source that promises five minutes, and whose newest backup is two hours old. */
  beforeEach(async () => {
    await catalog.db.backup.deleteMany()
    await catalog.db.source.deleteMany()
    await catalog.db.alert.deleteMany()
    const options = toJson(postgresOptionsSchema.parse({ rpoObjectiveMs: 5 * 60_000 }))
    const connection = { host: 'db', port: 5432, database: 'shop', user: 'app', ssl: 'disable' }
    const source = await catalog.db.source.create({ data: { name: 'shop', engine: 'postgres', connection, options } })
    sourceId = source.id
    const destination = await catalog.db.destination.create({
      data: { name: randomUUID(), kind: 'local', config: { path: '/nowhere' } },
    })
    const startedAt = new Date(ctx.clock.now().getTime() - 2 * hourMs)
    await catalog.db.backup.create({
      data: {
        ...{ sourceId, jobId: randomUUID(), kind: 'base', status: 'succeeded', repositoryPath: 'x/' },
        ...{ startedAt, finishedAt: startedAt },
        copies: { create: { destinationId: destination.id, state: 'stored' } },
      },
    })
  })

  const followed = (more: object) =>
    catalog.db.logStream.create({
      data: {
        ...{ sourceId, destinationIds: [], slot: 's', state: 'streaming', workerId: randomUUID(), hasWindow: true },
        ...{ heartbeatAt: ctx.clock.now(), ...more },
      },
    })
  const ago = (ms: number) => new Date(ctx.clock.now().getTime() - ms)
  const found = async () => {
    const now = ctx.clock.now()
    await watchSources({ ctx, now })
    const status = await getStatus({ ctx })
    const metrics = await readMetrics(catalog.db, now)
    return {
      exposureMs: status.sources[0]?.exposureMs,
      metric: now.getTime() - (metrics.sources[0]?.good?.storedUntil.getTime() ?? 0),
      alerts: await catalog.db.alert.count({
        where: { event: 'exposure-over-objective', severity: 'critical', resolvedAt: null },
      }),
      reasons: status.sources[0]?.reasons.map(({ code }) => code).filter((code) => code === 'exposure-over-objective'),
    }
  }
  const over = (ms: number) => ({ exposureMs: ms, metric: ms, alerts: 1, reasons: ['exposure-over-objective'] })
  const within = (ms: number) => ({ exposureMs: ms, metric: ms, alerts: 0, reasons: [] })

  it.each<[string, () => object, object]>([
    ['nothing while every commit is stored', () => ({}), within(0)],
    ['the oldest commit that is not stored', () => ({ unstoredSince: ago(7_000) }), within(7_000)],
    ['that commit too when it is over the objective', () => ({ unstoredSince: ago(600_000) }), over(600_000)],
    [
      'all since it was last known to be stored while nobody follows it',
      () => ({ workerId: null, state: 'waiting', coveredUntil: ago(900_000) }),
      over(900_000),
    ],
    [
      'all since the newest backup when no base backup leads to the log',
      () => ({ hasWindow: false }),
      over(2 * hourMs),
    ],
    ['all since the newest backup while nothing is known of the log', () => ({ workerId: null }), over(2 * hourMs)],
  ])('is %s', async (_, more, expected) => {
    await followed(more())
    expect(await found()).toEqual(expected)
  })
})
