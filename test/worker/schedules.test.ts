import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createScheduleSchema } from '@/lib/contracts/schedule'
import { createSchedule } from '@/lib/services/schedule/create-schedule'
import { evaluateSchedules } from '@/lib/services/schedule/evaluate-schedules'
import { buildContext } from '@/worker/build-context'
import { makeTestLogger } from '../helpers/run-context'
import { makeSource } from '../helpers/postgres'
import { startProduct, type Product } from '../helpers/product'

const at = (iso: string) => new Date(iso)

describe('schedules', () => {
  let product: Product
  let destinationId: string

  beforeAll(async () => {
    product = await startProduct()
    destinationId = (await product.addLocalDestination()).id
  })
  afterAll(() => product.close())

  /** A source with an hourly backup whose cursor stands at the given time. */
  const hourly = async (from: string, catchUp: 'once' | 'skip' = 'once') => {
    const sourceId = await product.addSource(makeSource({ port: 1 }))
    const input = createScheduleSchema.parse({
      sourceId,
      action: 'backup',
      cron: '0 * * * *',
      destinationIds: [destinationId],
      catchUp,
    })
    const { id } = await createSchedule({ ctx: product.ctx, input })
    await product.ctx.db.schedule.update({ where: { id }, data: { evaluatedUntil: at(from) } })
    return { id, sourceId }
  }
  const jobsOf = (scheduleId: string) =>
    product.ctx.db.job.findMany({
      where: { scheduleId },
      orderBy: { createdAt: 'asc' },
      select: { state: true, dueAt: true },
    })

  it('start an occurrence once however many workers tick at the same moment (fault 15)', async () => {
    const { id } = await hourly('2026-05-01T09:30:00Z')
    const others = await Promise.all(
      [1, 2, 3].map(() =>
        buildContext({
          actor: { type: 'cli', user: 'test', role: 'admin' },
          logger: makeTestLogger(),
          home: product.home,
          databaseUrl: product.url,
          worker: null,
        }),
      ),
    )
    const contexts = [product.ctx, ...others.map(({ ctx }) => ctx)]
    for (let round = 0; round < 5; round += 1) {
      await Promise.all(contexts.map((ctx) => evaluateSchedules({ ctx, now: at('2026-05-01T10:00:30Z') })))
    }
    await Promise.all(others.map((other) => other.close()))
    expect(await jobsOf(id)).toEqual([{ state: 'queued', dueAt: at('2026-05-01T10:00:00Z') }])
  })

  it('leave a row and an alert for every run missed while no worker ran, and catch up once', async () => {
    const { id, sourceId } = await hourly('2026-05-01T09:30:00Z')
    await evaluateSchedules({ ctx: product.ctx, now: at('2026-05-01T12:30:00Z') })
    expect(await jobsOf(id)).toEqual([
      { state: 'missed', dueAt: at('2026-05-01T10:00:00Z') },
      { state: 'missed', dueAt: at('2026-05-01T11:00:00Z') },
      { state: 'missed', dueAt: at('2026-05-01T12:00:00Z') },
      { state: 'queued', dueAt: null },
    ])
    const history = await product.ctx.db.backup.findMany({ where: { sourceId } })
    expect(history.map((row) => row.status)).toEqual(['missed', 'missed', 'missed'])
    const alert = await product.ctx.db.alert.findFirst({
      where: { sourceId, event: 'backup-missed', resolvedAt: null },
    })
    expect(alert?.body).toContain('3 runs were due and did not start')
  })

  it('skip late runs when told so, and still leave the rows', async () => {
    const { id } = await hourly('2026-05-01T09:30:00Z', 'skip')
    await evaluateSchedules({ ctx: product.ctx, now: at('2026-05-01T11:30:00Z') })
    expect((await jobsOf(id)).map((job) => job.state)).toEqual(['missed', 'missed'])
  })

  it('record a run as missed when the one before still runs, with the reason', async () => {
    const { id, sourceId } = await hourly('2026-05-01T09:30:00Z')
    await evaluateSchedules({ ctx: product.ctx, now: at('2026-05-01T10:00:10Z') })
    await evaluateSchedules({ ctx: product.ctx, now: at('2026-05-01T11:00:10Z') })
    expect((await jobsOf(id)).map((job) => job.state)).toEqual(['queued', 'missed'])
    const [row] = await product.ctx.db.backup.findMany({ where: { sourceId, status: 'missed' } })
    expect(JSON.stringify(row?.error)).toContain('already waiting or running')
  })

  it('neither storm nor starve when the clock jumps a day ahead and back (fault 20)', async () => {
    const { id } = await hourly('2026-05-01T09:30:00Z', 'skip')
    await evaluateSchedules({ ctx: product.ctx, now: at('2026-05-02T09:30:00Z') })
    expect((await jobsOf(id)).every((job) => job.state === 'missed')).toBe(true)
    await evaluateSchedules({ ctx: product.ctx, now: at('2026-05-01T09:31:00Z') })
    await evaluateSchedules({ ctx: product.ctx, now: at('2026-05-01T10:00:10Z') })
    // The jump had recorded this hour as missed; now that it has really come, it runs.
    const queued = async () => (await jobsOf(id)).filter((job) => job.state === 'queued')
    expect(await queued()).toEqual([{ state: 'queued', dueAt: null }])
    await evaluateSchedules({ ctx: product.ctx, now: at('2026-05-01T10:00:40Z') })
    await evaluateSchedules({ ctx: product.ctx, now: at('2026-05-01T09:58:00Z') })
    await evaluateSchedules({ ctx: product.ctx, now: at('2026-05-01T10:00:50Z') })
    expect(await queued()).toHaveLength(1)
  })
})
