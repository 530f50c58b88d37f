import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { insightSchema, sourceInsightSchema } from '@/lib/contracts/insight'
import { limitToSources } from '@/lib/db/limit-to-sources'
import { getInsight } from '@/lib/services/insight/get-insight'
import { getSourceInsight } from '@/lib/services/insight/get-source-insight'
import { judgeBackup } from '@/lib/services/insight/judge-backup'
import { noteUsage } from '@/lib/services/insight/note-usage'
import { updateOperations } from '@/lib/services/operations/update-operations'
import { freshCatalog, type FreshCatalog } from '../helpers/catalog/catalog'
import { testClock, testContext } from '../helpers/catalog/service-context'
import { containers, items } from '../helpers/measures'

const now = new Date('2026-11-21T12:00:00Z')
const dayMs = 86_400_000
const gb = 1e9
let catalog: FreshCatalog
let ctx: ReturnType<typeof testContext>
let disk: string
let bucket: string
let shop: string
let policyId: string

beforeAll(async () => {
  catalog = await freshCatalog()
  ctx = testContext(catalog.db, { clock: testClock(now) })
  const { db } = catalog
  const options = { capacityBytes: 500 * gb, monthlyBudget: 5 }
  disk = (await db.destination.create({ data: { name: 'disk', kind: 'local', config: { path: '/x' }, options } })).id
  const s3 = { bucket: 'backups', storageClass: 'STANDARD_IA' }
  bucket = (await db.destination.create({ data: { name: 'bucket', kind: 's3', config: s3 } })).id
  shop = (await db.source.create({ data: { name: 'shop', engine: 'postgres', connection: {}, options: {} } })).id
  const rules = { keepLast: 10, minimum: 1 }
  policyId = (await db.retentionPolicy.create({ data: { name: 'ten', rules } })).id
  await db.schedule.create({
    data: {
      sourceId: shop,
      action: 'backup',
      cron: '0 2 * * *',
      timeZone: 'UTC',
      destinationIds: [disk, bucket],
      retentionPolicyId: policyId,
      options: {},
      evaluatedUntil: now,
    },
  })
})
afterAll(() => catalog.drop())

async function addBackup(daysAgo: number, data: object = {}, storageClass: string | null = null) {
  const startedAt = new Date(now.getTime() - daysAgo * dayMs)
  return catalog.db.backup.create({
    data: {
      sourceId: shop,
      jobId: randomUUID(),
      kind: 'logical',
      status: 'succeeded',
      startedAt,
      finishedAt: startedAt,
      durationMs: 60_000,
      sourceBytes: 10 * gb - daysAgo * 0.1 * gb,
      storedBytes: gb,
      measures: [items('rows', 1_000_000)],
      repositoryPath: '',
      manifest: {
        facts: { tables: ['public.a', 'public.b'] },
        parts: [{ compression: 'zstd', encryption: 'age' }],
      },
      ...data,
      copies: {
        create: [
          { destinationId: disk, state: 'stored', storedBytes: gb, storedAt: startedAt },
          { destinationId: bucket, state: 'stored', storedBytes: gb, storedAt: startedAt, storageClass },
        ],
      },
    },
  })
}

const openAlerts = () => catalog.db.alert.findMany({ where: { event: 'backup-anomaly', resolvedAt: null } })

describe('insight', () => {
  it('says of an empty instance that there is nothing, not that it costs nothing to come', async () => {
    const insight = insightSchema.parse(await getInsight({ ctx, input: { limit: 50 } }))
    expect(insight.total).toMatchObject({ storedBytes: 0, forecast: null, cost: { perMonth: 0, in90Days: null } })
    expect(insight.sources).toMatchObject([{ sourceName: 'shop', sourceBytes: 0, forecast: null }])
    expect(sourceInsightSchema.parse(await getSourceInsight({ ctx, input: { id: shop } }))).toMatchObject({
      series: [],
      latestBackupId: null,
      baselines: [],
    })
  })

  it('gives every class its price, and the destination its date of being full', async () => {
    for (let daysAgo = 40; daysAgo >= 1; daysAgo -= 1) await addBackup(daysAgo, {}, daysAgo > 20 ? 'GLACIER' : null)
    await catalog.db.$executeRaw`SELECT rebuild_destination_days()`
    const insight = insightSchema.parse(await getInsight({ ctx, input: { limit: 50 } }))
    const [cloud, local] = insight.destinations
    expect(cloud?.classes).toEqual([
      {
        storageClass: 'GLACIER',
        copies: 20,
        storedBytes: 20 * gb,
        pricePerGbMonth: 0.0036,
        perMonth: expect.closeTo(0.072),
      },
      {
        storageClass: 'STANDARD_IA',
        copies: 20,
        storedBytes: 20 * gb,
        pricePerGbMonth: 0.0125,
        perMonth: expect.closeTo(0.25),
      },
    ])
    expect(local).toMatchObject({
      name: 'disk',
      storedBytes: 40 * gb,
      capacityBytes: 500 * gb,
      monthlyBudget: 5,
      cost: { perMonth: 0 },
    })
    // One GB a day: 460 GB are left.
    expect(local?.forecast?.perDay.value).toBeCloseTo(gb, -7)
    expect(Date.parse(local?.fullOn ?? '')).toBeGreaterThan(now.getTime() + 450 * dayMs)
    expect(Date.parse(local?.fullOn ?? '')).toBeLessThan(now.getTime() + 470 * dayMs)
    expect(insight.total).toMatchObject({ storedBytes: 80 * gb })
    expect(insight.total.series.at(-1)).toEqual({ day: '2026-11-21', bytes: 80 * gb })
    expect(insight.total.cost.in30Days).toBeGreaterThan(insight.total.cost.perMonth * 1.5)
  })

  it('forecasts a source by what was read from it', async () => {
    const { sources } = await getInsight({ ctx, input: { limit: 50 } })
    expect(sources[0]?.forecast?.perDay.value).toBeCloseTo(0.1 * gb, -6)
    const one = sourceInsightSchema.parse(await getSourceInsight({ ctx, input: { id: shop } }))
    expect(one.series).toHaveLength(40)
    expect(one.sourceForecast?.in30Days.value).toBeCloseTo(13 * gb, -8)
    expect(one.baselines.map(({ measure }) => measure)).toContain('rows')
    expect(one.anomalies).toEqual([])
  })

  it('shows a token that is limited to a source that one, and no other (security 32)', async () => {
    const limited = { ...ctx, db: await limitToSources(catalog.db, [shop]) }
    expect((await getSourceInsight({ ctx: limited, input: { id: shop } })).series).toHaveLength(40)
    const other = { ...ctx, db: await limitToSources(catalog.db, [randomUUID()]) }
    await expect(getSourceInsight({ ctx: other, input: { id: shop } })).rejects.toMatchObject({ code: 'not-found' })
  })

  it('says what a policy keeps in the long run, in every destination at its own price', async () => {
    const { policies } = await getInsight({ ctx, input: { limit: 50 } })
    expect(policies).toMatchObject([
      { policyId, name: 'ten', sources: 1, storedBytes: 80 * gb, steady: { backups: 20, storedBytes: 20 * gb } },
    ])
    expect(policies[0]?.steady?.perMonth).toBeCloseTo(10 * 0.0125)
  })

  it('follows prices that an administrator changes', async () => {
    const perGbMonth = { default: 1, local: 0.5 }
    await updateOperations({ ctx, input: { prices: { currency: 'EUR', perGbMonth } } })
    const insight = await getInsight({ ctx, input: { limit: 50 } })
    expect(insight.currency).toBe('EUR')
    expect(insight.total.cost.perMonth).toBeCloseTo(40 + 20)
  })

  it('notes the day once, with what lies there in the end', async () => {
    await noteUsage(catalog.db, now)
    await addBackup(0.1)
    await noteUsage(catalog.db, now)
    const notes = await catalog.db.destinationDay.findMany({
      where: { destinationId: disk, day: new Date('2026-11-21') },
    })
    expect(notes).toMatchObject([{ copies: 41, storedBytes: BigInt(41 * gb) }])
  })
})

describe('judgeBackup', () => {
  it('opens one incident for backups that are unusual, and ends it with the next usual one (security 25)', async () => {
    const usual = await addBackup(0.09)
    const judge = (backupId: string) => judgeBackup({ ctx, input: { sourceId: shop, backupId } })
    expect(await judge(usual.id)).toEqual([])
    expect(await openAlerts()).toEqual([])

    const odd = await addBackup(0.08, {
      storedBytes: 9.9 * gb,
      manifest: { facts: { tables: ['public.a'] }, parts: [{ compression: 'zstd', encryption: 'age' }] },
    })
    const found = await judge(odd.id)
    expect(found.map(({ measure }) => measure)).toEqual(['stored-bytes', 'compression', 'tables'])
    await judge(odd.id)
    const [alert, ...others] = await openAlerts()
    expect(others).toEqual([])
    expect(alert).toMatchObject({
      severity: 'critical',
      sourceId: shop,
      count: 2,
      title: 'Backup of shop looks unusual',
    })
    expect(alert?.body).toMatch(/may have been encrypted by someone else.*1 of 2 tables are gone: public\.b\./)
    const { anomalies } = await getInsight({ ctx, input: { limit: 50 } })
    expect(anomalies).toMatchObject([{ sourceName: 'shop', backupId: odd.id, resolvedAt: null }])
    expect(anomalies[0]?.anomalies).toHaveLength(3)

    const again = await addBackup(0.07)
    expect(await judge(again.id)).toEqual([])
    expect(await openAlerts()).toEqual([])
    const later = await getInsight({ ctx, input: { limit: 50 } })
    expect(later.anomalies[0]?.resolvedAt).toBe(now.toISOString())
  })

  it('compares what other engines count, and no names where the engine tells none', async () => {
    const { id: files } = await catalog.db.source.create({
      data: { name: 'files', engine: 'files', connection: {}, options: {} },
    })
    const add = (daysAgo: number, measures: object[], tables: string[]) =>
      addBackup(daysAgo, { sourceId: files, sourceBytes: gb, measures, manifest: { facts: { tables } } })
    const usual = [items('files', 80_000), containers('folders', 40)]
    for (let daysAgo = 6; daysAgo >= 1; daysAgo -= 1) await add(daysAgo, usual, ['a', 'b'])
    const latest = await add(0.5, [items('files', 20_000), containers('folders', 30)], ['a'])
    const found = await judgeBackup({ ctx, input: { sourceId: files, backupId: latest.id } })
    expect(found.map(({ measure, unit, severity, message }) => [measure, unit, severity, message])).toEqual([
      ['files', 'count', 'critical', 'There are 20,000 files, 75 % less than the usual 80,000.'],
      ['folders', 'count', 'critical', 'There are 30 folders; there were 40.'],
    ])
    const shown = sourceInsightSchema.parse(await getSourceInsight({ ctx, input: { id: files } }))
    expect(shown.anomalies).toEqual(found)
    expect(shown.baselines).toContainEqual(
      expect.objectContaining({ measure: 'files', unit: 'count', usual: 80_000, actual: 20_000 }),
    )
    const { anomalies } = await getInsight({ ctx, input: { limit: 50 } })
    expect(anomalies.find(({ sourceName }) => sourceName === 'files')?.anomalies).toEqual(found)
  })
})
