import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { statusSchema } from '@/lib/contracts/status'
import { nextRuns } from '@/lib/core/schedule/next-runs'
import { limitToSources } from '@/lib/db/limit-to-sources'
import { getBackup } from '@/lib/services/backup/get-backup'
import { getStatus } from '@/lib/services/status/get-status'
import { rememberedRuns } from '@/lib/services/status/remembered-runs'
import { freshCatalog, type FreshCatalog } from '../helpers/catalog/catalog'
import { testClock, testContext } from '../helpers/catalog/service-context'

const now = new Date('2026-11-21T12:00:00Z')
const hoursAgo = (hours: number) => new Date(now.getTime() - hours * 3_600_000)
let catalog: FreshCatalog
let ctx: ReturnType<typeof testContext>
let destinationId: string
const sourceIds = new Map<string, string>()

async function addBackup(sourceName: string, hours: number, data: object = {}, copyState: string | null = 'stored') {
  return catalog.db.backup.create({
    data: {
      sourceId: sourceIds.get(sourceName) ?? '',
      jobId: randomUUID(),
      kind: 'logical',
      status: 'succeeded',
      startedAt: hoursAgo(hours),
      finishedAt: hoursAgo(hours - 0.1),
      sourceBytes: 1_000,
      storedBytes: 100,
      repositoryPath: '',
      ...data,
      ...(copyState ? { copies: { create: { destinationId, state: copyState, storedBytes: 100 } } } : {}),
    },
  })
}

beforeAll(async () => {
  catalog = await freshCatalog()
  ctx = testContext(catalog.db, { clock: testClock(now) })
  const { db } = catalog
  destinationId = (await db.destination.create({ data: { name: 'disk', kind: 'local', config: { path: '/x' } } })).id
  for (const name of ['calm', 'failing', 'never']) {
    const options = name === 'calm' ? { rpoObjectiveMs: 86_400_000 } : {}
    const source = await db.source.create({ data: { name, engine: 'postgres', connection: {}, options } })
    sourceIds.set(name, source.id)
    await db.schedule.create({
      data: {
        sourceId: source.id,
        action: 'backup',
        cron: '0 2 * * *',
        timeZone: 'UTC',
        destinationIds: [destinationId],
        options: {},
        evaluatedUntil: now,
      },
    })
  }
  await db.worker.create({
    data: { id: randomUUID(), host: 'h', processKey: 'k', pid: 1, version: '1', startedAt: now, heartbeatAt: now },
  })
  await addBackup('calm', 40)
  await addBackup('calm', 10, { verified: 'proven', provenAt: hoursAgo(5) })
  await addBackup('calm', 60, { deletedAt: now })
  await addBackup('failing', 30)
  await addBackup('failing', 6, { status: 'succeeded' }, 'failed')
  await addBackup('failing', 3, { status: 'failed', error: { code: 'x', message: 'It broke.' } }, null)
  await addBackup('failing', 50, { sample: true }, null)
})
afterAll(() => catalog.drop())

const bySource = async (name: string) => {
  const status = await getStatus({ ctx })
  return status.sources.find((source) => source.sourceName === name)
}

describe('the status', () => {
  it('has the shape of its contract, and of all sources', async () => {
    const status = statusSchema.parse(await getStatus({ ctx }))
    expect(status.sources.map(({ sourceName }) => sourceName)).toEqual(['calm', 'failing', 'never'])
    expect(status.totals).toMatchObject({
      sources: 3,
      protectedSources: 2,
      provenSources: 1,
      backups: 4,
      storedBytes: 400,
      failedLast24h: 1,
    })
    expect(status.omitted).toEqual({ sources: 0, reasons: 0 })
    expect(status.worker).toMatchObject({ alive: true, count: 1 })
  })

  it('counts as good only what is stored somewhere, not broken and not deleted', async () => {
    const calm = await bySource('calm')
    expect(calm).toMatchObject({
      health: 'healthy',
      reasons: [],
      exposureMs: 10 * 3_600_000,
      provenExposureMs: 10 * 3_600_000,
      backupCount: 2,
      storedBytes: 200,
    })
    const failing = await bySource('failing')
    expect(failing).toMatchObject({ health: 'degraded', exposureMs: 30 * 3_600_000 })
    const never = await bySource('never')
    expect(never).toMatchObject({
      health: 'unhealthy',
      lastGoodBackup: null,
      exposureMs: null,
      nextBackupAt: '2026-11-22T02:00:00.000Z',
    })
  })

  it('says how far each source is proven and what came after, and exposure counts from there', async () => {
    expect((await bySource('calm'))?.proof).toEqual({
      newestProven: {
        backupId: expect.any(String),
        startedAt: hoursAgo(10).toISOString(),
        finishedAt: hoursAgo(9.9).toISOString(),
        provenAt: hoursAgo(5).toISOString(),
        except: [],
      },
      newer: { untested: 0, broken: 0, failed: 0, missed: 0 },
      words: 'Proven up to 2026-11-21 02:00 UTC',
    })
    // The run whose only copy failed left nothing to test; the sample run has no copy.
    expect((await bySource('failing'))?.proof).toEqual({
      newestProven: null,
      newer: { untested: 1, broken: 0, failed: 1, missed: 0 },
      words: 'Nothing proven; 1 run failed, 1 backup not tested',
    })
    await addBackup('calm', 4)
    await addBackup('calm', 2, { status: 'missed' }, null)
    const calm = await bySource('calm')
    expect(calm?.proof.words).toBe('Proven up to 2026-11-21 02:00 UTC; 1 newer run missed, 1 newer backup not tested')
    expect(calm).toMatchObject({ exposureMs: 4 * 3_600_000, provenExposureMs: 10 * 3_600_000 })
    await catalog.db.backup.deleteMany({ where: { startedAt: { gt: hoursAgo(5) }, sourceId: calm?.sourceId ?? '' } })
  })

  it('takes for proven only what is still stored', async () => {
    const { db } = catalog
    const calm = await bySource('calm')
    const backupId = calm?.proof.newestProven?.backupId ?? ''
    await db.backupCopy.updateMany({ where: { backupId }, data: { state: 'missing' } })
    const lost = await bySource('calm')
    expect(lost?.proof.words).toBe('Nothing proven; 1 backup not tested')
    expect(lost).toMatchObject({ provenExposureMs: null, lastProven: { backupId } })
    expect(lost?.reasons.map(({ code }) => code)).toContain('none-proven')
    expect((await getStatus({ ctx })).totals.provenSources).toBe(0)
    await db.backupCopy.updateMany({ where: { backupId }, data: { state: 'stored' } })
  })

  it('says what a proof does not cover, and is not green for it', async () => {
    const { db } = catalog
    const id = (await bySource('calm'))?.proof.newestProven?.backupId ?? ''
    await db.backup.update({ where: { id }, data: { withheld: ['subscription audit', 'passwords of roles'] } })
    const calm = await bySource('calm')
    expect(calm?.proof.newestProven?.except).toEqual(['subscription audit', 'passwords of roles'])
    expect(calm?.proof.words).toBe('Proven up to 2026-11-21 02:00 UTC except subscription audit and 1 more')
    expect((await getBackup({ ctx, input: { id } })).withheld).toEqual(['subscription audit', 'passwords of roles'])
    await db.backup.update({ where: { id }, data: { withheld: [] } })
  })

  it('follows the worst fact in its headline, and counts the catalog apart', async () => {
    const { db } = catalog
    const before = await getStatus({ ctx })
    expect(before.headline).toEqual({ text: 'never has no good backup', tone: 'bad' })
    expect(before.catalog).toBeNull()
    const own = { sources: 3, protectedSources: 2, provenSources: 1 }
    const { id } = await db.source.create({
      data: { name: 'Whatever it is called', engine: 'postgres', catalog: true, connection: {}, options: {} },
    })
    const status = await getStatus({ ctx })
    expect(status.totals).toMatchObject({ sources: 4, own })
    expect(status.catalog).toMatchObject({ sourceId: id, words: 'Holdfast’s own catalog: no backup yet' })
    expect(status.sources.filter(({ isCatalog }) => isCatalog).map(({ sourceId }) => sourceId)).toEqual([id])
    await db.source.updateMany({ where: { id: { not: id } }, data: { deletedAt: now } })
    const fresh = await getStatus({ ctx })
    expect(fresh.headline).toEqual({ text: 'Nothing of yours is protected yet', tone: 'warn' })
    expect(fresh.reasons.map(({ code }) => code)).toContain('nothing-protected')
    await db.source.updateMany({ where: { id: { not: id } }, data: { deletedAt: null } })
    await db.source.delete({ where: { id } })
  })

  it('shows the newest run as the backup itself is shown', async () => {
    const calm = await bySource('calm')
    const {
      log: _log,
      warnings: _warnings,
      manifest: _manifest,
      manifestSha256: _sha,
      repositoryPath: _path,
      ...backup
    } = await getBackup({
      ctx,
      input: { id: calm?.lastBackup?.id ?? '' },
    })
    expect(calm?.lastBackup).toEqual(backup)
  })

  it('shows only the worst when asked, and says how many it left out; totals stay those of all', async () => {
    const all = await getStatus({ ctx })
    const worst = await getStatus({ ctx, input: { limit: 1 } })
    expect(worst.sources.map(({ sourceName }) => sourceName)).toEqual(['never'])
    expect(worst.omitted).toEqual({ sources: 2, reasons: all.reasons.length - 1 })
    expect(worst.reasons[0]?.level).toBe('unhealthy')
    expect(worst.totals).toEqual(all.totals)
    expect(worst.health).toBe(all.health)
    const one = await getStatus({ ctx, input: { sourceId: sourceIds.get('calm') } })
    expect(one.sources.map(({ sourceName }) => sourceName)).toEqual(['calm'])
    expect(one.reasons).toEqual(all.reasons)
  })

  it('shows every one of the last 30 days with its runs', async () => {
    expect((await getStatus({ ctx, input: { trend: '0' } })).trend).toEqual([])
    const { trend } = await getStatus({ ctx })
    expect(trend).toHaveLength(30)
    expect(trend[0]?.day).toBe('2026-10-23')
    expect(trend.at(-1)).toEqual({
      day: '2026-11-21',
      sourceBytes: 2_000,
      storedBytes: 200,
      succeeded: 2,
      failed: 1,
      missed: 0,
    })
    expect(trend.reduce((sum, day) => sum + day.succeeded, 0)).toBe(6)
  })

  it('puts what runs before what waits, with the name of its source', async () => {
    const job = {
      kind: 'backup',
      input: {},
      actor: { type: 'cli', user: 'x', role: 'admin' },
      sourceId: sourceIds.get('calm') ?? null,
    }
    await catalog.db.job.createMany({
      data: Array.from({ length: 60 }, () => ({ ...job, state: 'queued', createdAt: hoursAgo(2) })),
    })
    await catalog.db.job.create({ data: { ...job, state: 'running', createdAt: hoursAgo(1) } })
    const { running } = await getStatus({ ctx })
    expect(running).toHaveLength(50)
    expect(running[0]).toMatchObject({ state: 'running', sourceName: 'calm' })
    await catalog.db.job.deleteMany()
  })
})

describe('the status for a token that is limited to a source', () => {
  it('knows nothing of others, in its sums and its days either (security 32)', async () => {
    const own = sourceIds.get('failing') ?? ''
    const status = await getStatus({ ctx: { ...ctx, db: await limitToSources(catalog.db, [own]) } })
    expect(status.sources.map(({ sourceName }) => sourceName)).toEqual(['failing'])
    expect(status.totals).toMatchObject({ sources: 1, backups: 2, storedBytes: 200, failedLast24h: 1 })
    expect(status.trend.reduce((sum, day) => sum + day.succeeded, 0)).toBe(3)
  })
})

describe('rememberedRuns', () => {
  it('answers as the expression does, whatever was asked before, with the clock going either way', () => {
    for (const cron of ['*/7 * * * *', '30 2 * * *', '0 0 29 2 *']) {
      for (const minutes of [0, 3, 8, 2, 600, 100_000, 5, 99_990]) {
        const at = new Date(Date.UTC(2026, 2, 28, 20, minutes))
        expect(rememberedRuns(cron, 'Europe/Athens', at)).toEqual(nextRuns(cron, 'Europe/Athens', at, 2))
      }
    }
  })

  it('moves on in the moment a run has come', () => {
    const due = new Date('2026-11-22T02:00:00Z')
    const [before] = rememberedRuns('0 2 * * *', 'UTC', new Date(due.getTime() - 1))
    const [after] = rememberedRuns('0 2 * * *', 'UTC', due)
    expect(before).toEqual(due)
    expect(after).toEqual(new Date('2026-11-23T02:00:00Z'))
  })
})
