import { mkdir, readdir, rename } from 'node:fs/promises'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startBackup } from '@/lib/services/backup/start-backup'
import { startRestoreTest } from '@/lib/services/restore-test/start-restore-test'
import { createSchedule } from '@/lib/services/schedule/create-schedule'
import { createScheduleSchema } from '@/lib/contracts/schedule'
import { updateOperations } from '@/lib/services/operations/update-operations'
import { getStatus } from '@/lib/services/status/get-status'
import { watchDestinations } from '@/lib/services/watch/watch-destinations'
import { watchSources } from '@/lib/services/watch/watch-sources'
import { startPostgres, type TestPostgres } from '../../helpers/servers/postgres'
import { startProduct, type Product } from '../../helpers/product'
import { startTold, type Told } from '../../helpers/told'

const minute = 60_000
const day = 24 * 60 * minute

describe('a watched source', () => {
  let product: Product
  let pg: TestPostgres
  let told: Told
  let sourceId: string
  let first: string
  let backedUpAt: Date

  beforeAll(async () => {
    ;[product, pg] = await Promise.all([startProduct(), startPostgres()])
    told = await startTold(product.ctx)
    // Restoring it takes two seconds and more, whatever the machine.
    await pg.sql('CREATE DATABASE shop')
    await pg.sql('CREATE MATERIALIZED VIEW slow AS SELECT 1 AS one FROM pg_sleep(2)', 'shop')
    sourceId = await product.addSource(pg.source({ connection: { database: 'shop' } }))
    first = (await product.addLocalDestination('folder')).id
    const worker = await product.startWorker()
    expect(await product.finished(await back())).toMatchObject({ state: 'succeeded' })
    backedUpAt = new Date()
    const { jobId } = await startRestoreTest({ ctx: product.ctx, input: { sourceId, level: 'standard' } })
    expect(await product.finished(jobId)).toMatchObject({ state: 'succeeded' })
    // From here on the test looks and delivers itself, at times that it chooses.
    await worker.stop()
  })
  afterAll(async () => {
    await product.close()
    await Promise.all([pg.close(), told.close()])
  })

  const back = async (destinationIds?: string[]) =>
    (await startBackup({ ctx: product.ctx, input: { sourceId, destinationIds } })).jobId
  const at = (ms: number) => new Date(backedUpAt.getTime() + ms)
  const look = (now: Date) => watchSources({ ctx: product.ctx, now })
  const options = async (changed: Record<string, unknown>) => {
    const { options: before } = await product.ctx.db.source.findUniqueOrThrow({ where: { id: sourceId } })
    const merged = { ...(typeof before === 'object' ? before : {}), ...changed }
    await product.ctx.db.source.update({
      where: { id: sourceId },
      data: { options: JSON.parse(JSON.stringify(merged)) },
    })
  }

  /** Looks twice while the cause is there and twice after it is gone; each must be told once. */
  const onceEach = async (event: string, now: Date, mend: () => Promise<unknown>) => {
    for (let round = 0; round < 3; round += 1) await look(now)
    expect(await told.of(event, now)).toEqual(['opened'])
    await mend()
    for (let round = 0; round < 2; round += 1) await look(now)
    expect(await told.of(event, now)).toEqual(['opened', 'resolved'])
  }

  it('that is all right is not reported', async () => {
    await look(at(minute))
    expect(await product.ctx.db.alert.count()).toBe(0)
  })

  it('is reported once when more could be lost than was promised, until a new backup is there', async () => {
    await options({ rpoObjectiveMs: 10 * minute })
    await look(at(9 * minute))
    expect(await told.of('exposure-over-objective', at(9 * minute))).toEqual([])
    await onceEach('exposure-over-objective', at(12 * minute), async () => {
      // A backup taken then: the clock of the test stands there.
      await product.ctx.db.backup.updateMany({ where: { sourceId }, data: { startedAt: at(11 * minute) } })
    })
    await product.ctx.db.backup.updateMany({ where: { sourceId }, data: { startedAt: backedUpAt } })
    await options({ rpoObjectiveMs: undefined })
  })

  it('is reported once when its measured restore took longer than was promised', async () => {
    await options({ rtoObjectiveMs: 1_000 })
    await onceEach('restore-over-objective', at(minute), () => options({ rtoObjectiveMs: 10 * minute }))
    expect(told.texts('restore-over-objective')[0]).toMatch(/needed \d.* seconds; the objective is 1 second/)
  })

  it('is reported once when its restore test is overdue, until one passes', async () => {
    const { ctx } = product
    const input = createScheduleSchema.parse({ sourceId, action: 'restore-test', cron: '0 3 * * *', timeZone: 'UTC' })
    const schedule = await createSchedule({ ctx, input })
    await look(at(1.9 * day))
    expect(await told.of('restore-test-overdue', at(1.9 * day))).toEqual([])
    await onceEach('restore-test-overdue', at(2.1 * day), async () => {
      await ctx.db.backup.updateMany({ where: { sourceId }, data: { provenAt: at(2 * day) } })
    })
    await ctx.db.schedule.update({ where: { id: schedule.id }, data: { enabled: false } })
  })

  it('is reported once while its newest backup leaves something out, and not for passwords of roles alone', async () => {
    const { db } = product.ctx
    const set = (data: { withheld?: string[]; warnings?: string[] }) =>
      db.backup.updateMany({ where: { sourceId }, data })
    await set({ withheld: ['passwords of roles'] })
    await look(at(minute))
    expect(await told.of('backup-incomplete', at(minute))).toEqual([])
    await set({ withheld: ['passwords of roles', 'subscription audit'], warnings: ['something was not dumped'] })
    await onceEach('backup-incomplete', at(minute), () => set({ withheld: [], warnings: [] }))
    expect(told.texts('backup-incomplete')[0]).toMatch(
      /Not in the newest one: subscription audit\. The test of its connection says what to do\. Warnings while it was taken: something was not dumped\./,
    )
    expect(told.texts('backup-incomplete')[0]).not.toContain('passwords')
  })

  it('has too few copies until there is another, and its health says so meanwhile', async () => {
    const { ctx } = product
    await options({ copyRule: { copies: 2, otherSites: 0 } })
    await look(at(minute))
    const health = async () =>
      (await getStatus({ ctx })).sources[0]?.reasons.filter((reason) => reason.code === 'copies-missing').length
    expect(await health()).toBe(1)
    await onceEach('copies-missing', at(minute), async () => {
      const second = await product.addLocalDestination('second')
      const worker = await product.startWorker()
      expect(await product.finished(await back([first, second.id]))).toMatchObject({ state: 'succeeded' })
      await worker.stop()
    })
    expect(told.texts('copies-missing')[0]).toContain('1 of 2')
    expect(await health()).toBe(0)
  })
})

describe('a watched destination', () => {
  let product: Product
  let pg: TestPostgres
  let told: Told
  let folder: string
  let id: string
  let now = new Date()
  const signal = new AbortController().signal

  beforeAll(async () => {
    ;[product, pg] = await Promise.all([startProduct(), startPostgres()])
    told = await startTold(product.ctx)
    const sourceId = await product.addSource(pg.source())
    ;({ id, folder } = await product.addLocalDestination('folder'))
    const worker = await product.startWorker()
    const { jobId } = await startBackup({ ctx: product.ctx, input: { sourceId } })
    expect(await product.finished(jobId)).toMatchObject({ state: 'succeeded' })
    await worker.stop()
    now = new Date(Date.now() + 10 * minute)
  })
  afterAll(async () => {
    await product.close()
    await Promise.all([pg.close(), told.close()])
  })

  const look = async () => {
    now = new Date(now.getTime() + 5 * minute)
    await watchDestinations({ ctx: product.ctx, now, signal })
  }
  const row = () => product.ctx.db.destination.findUniqueOrThrow({ where: { id } })
  const set = (options: Record<string, number>) =>
    product.ctx.db.destination.update({ where: { id }, data: { options } })

  it('that is gone is reported at the second look, once, until it is back; both are seen in its report', async () => {
    await look()
    expect(await row()).toMatchObject({ probe: { ok: true, failedInARow: 0 }, probedAt: now })
    // Free space is asked for; nothing is written.
    expect((await row()).probe).toHaveProperty('space.freeBytes')
    expect(await readdir(path.join(folder, 'holdfast'))).not.toContain('probe')
    await rename(folder, `${folder}.away`)
    await look()
    expect(await told.of('destination-unreachable', now)).toEqual([])
    for (let round = 0; round < 3; round += 1) await look()
    expect(await told.of('destination-unreachable', now)).toEqual(['opened'])
    expect(await row()).toMatchObject({ probe: { ok: false, failedInARow: 4 } })
    expect((await getStatus({ ctx: product.ctx })).reasons.map((reason) => reason.code)).toContain(
      'destination-unreachable',
    )
    await rename(`${folder}.away`, folder)
    for (let round = 0; round < 2; round += 1) await look()
    expect(await told.of('destination-unreachable', now)).toEqual(['opened', 'resolved'])
    expect(await row()).toMatchObject({ probe: { ok: true, failedInARow: 0 } })
  })

  it('is looked at again a minute after a failure, and not again within three when it is well', async () => {
    await look()
    const { probedAt } = await row()
    now = new Date(now.getTime() + 2 * minute)
    await watchDestinations({ ctx: product.ctx, now, signal })
    expect((await row()).probedAt).toEqual(probedAt)
    await rename(folder, `${folder}.away`)
    await look()
    now = new Date(now.getTime() + minute)
    await watchDestinations({ ctx: product.ctx, now, signal })
    expect(await row()).toMatchObject({ probedAt: now, probe: { failedInARow: 2 } })
    await mkdir(folder, { mode: 0o700 })
    await look()
  })

  it('that is nearly full is reported once, until there is room', async () => {
    const { stored } = (
      await product.ctx.db.$queryRaw<{ stored: number }[]>`
      SELECT sum(stored_bytes)::float8 AS stored FROM copy_total WHERE destination_id = ${id}::uuid`
    )[0] ?? { stored: 0 }
    expect(stored).toBeGreaterThan(0)
    await set({ capacityBytes: Math.ceil(stored * 1.05) })
    for (let round = 0; round < 3; round += 1) await look()
    expect(await told.of('destination-nearly-full', now)).toEqual(['opened'])
    await set({ capacityBytes: stored * 100 })
    await look()
    expect(await told.of('destination-nearly-full', now)).toEqual(['opened', 'resolved'])
  })

  it('that costs more than its budget is reported once, until it does not', async () => {
    const { ctx } = product
    await updateOperations({ ctx, input: { prices: { perGbMonth: { local: 1_000_000 } } } })
    await set({ monthlyBudget: 0 })
    for (let round = 0; round < 3; round += 1) await look()
    expect(await told.of('destination-over-budget', now)).toEqual(['opened'])
    await updateOperations({ ctx, input: { prices: { perGbMonth: { local: 0 } } } })
    await look()
    expect(await told.of('destination-over-budget', now)).toEqual(['opened', 'resolved'])
  })
})
