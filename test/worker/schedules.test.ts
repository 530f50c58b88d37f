import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createScheduleSchema } from '@/lib/contracts/schedule'
import { dueRuns } from '@/lib/core/schedule/due-runs'
import { jitterMs } from '@/lib/core/schedule/jitter'
import { createSchedule } from '@/lib/services/schedule/create-schedule'
import { evaluateSchedules } from '@/lib/services/schedule/evaluate-schedules'
import { getSchedule } from '@/lib/services/schedule/get-schedule'
import { runSchedule } from '@/lib/services/schedule/run-schedule'
import { updateSchedule } from '@/lib/services/schedule/update-schedule'
import { buildContext } from '@/worker/build-context'
import { makeTestLogger } from '../helpers/run-context'
import { makeSource } from '../helpers/servers/postgres'
import { startProduct, type Product } from '../helpers/product'
import { makeRandom } from '../helpers/random'

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

  /** A source with an hourly backup and options of its own. */
  const optioned = async (from: string, options: object) => {
    const { id, sourceId } = await hourly(from)
    await product.ctx.db.schedule.update({ where: { id }, data: { options } })
    return { id, sourceId }
  }
  const startsOf = (scheduleId: string) =>
    product.ctx.db.job.findMany({ where: { scheduleId }, orderBy: { dueAt: 'asc' } })

  it('spread their starts, each always by the same', async () => {
    const { id } = await optioned('2026-05-01T09:30:00Z', { jitterSeconds: 600 })
    await evaluateSchedules({ ctx: product.ctx, now: at('2026-05-01T10:00:00Z') })
    const [job] = await startsOf(id)
    const lateMs = (job?.startAfter?.getTime() ?? 0) - at('2026-05-01T10:00:00Z').getTime()
    expect(lateMs).toBe(jitterMs(id, at('2026-05-01T10:00:00Z'), 600))
    expect(job?.waitReason).toContain('spread')
  })

  it('wait for their window; what else falls due until then is served by the same run and is not missed', async () => {
    const window = { from: '14:00', to: '16:00', days: [] }
    const { id, sourceId } = await optioned('2026-05-01T09:30:00Z', { window })
    for (const hour of [10, 11, 12]) {
      await evaluateSchedules({ ctx: product.ctx, now: at(`2026-05-01T${hour}:00:10Z`) })
    }
    const jobs = await startsOf(id)
    expect(jobs.map(({ state }) => state)).toEqual(['queued', 'cancelled', 'cancelled'])
    expect(jobs[0]).toMatchObject({ startAfter: at('2026-05-01T14:00:00Z'), attempt: 0 })
    expect(jobs[0]?.waitReason).toBe('It waits for its window, 14:00 to 16:00 UTC.')
    expect(jobs[1]?.error).toMatchObject({ code: 'served-by-another', facts: { jobId: jobs[0]?.id } })
    expect(await product.ctx.db.alert.count({ where: { sourceId } })).toBe(0)
    expect(await product.ctx.db.backup.count({ where: { sourceId } })).toBe(0)
  })

  it('carry their own retries to the job', async () => {
    const retries = { attempts: 7, firstDelaySeconds: 5, factor: 3 }
    const { id } = await optioned('2026-05-01T09:30:00Z', { retries })
    await evaluateSchedules({ ctx: product.ctx, now: at('2026-05-01T10:00:10Z') })
    const [job] = await startsOf(id)
    expect(job?.maxAttempts).toBe(7)
    expect(job?.input).toMatchObject({ rules: { retries, window: null } })
  })

  it('go on by themselves when their pause is over, and make nothing up', async () => {
    const { id } = await hourly('2026-05-01T09:30:00Z')
    const pausedUntil = new Date(Date.now() + 3_600_000).toISOString()
    const paused = await updateSchedule({ ctx: product.ctx, input: { id, patch: { enabled: false, pausedUntil } } })
    expect(paused).toMatchObject({ enabled: false, pause: { by: 'test', until: pausedUntil }, nextRuns: [] })
    await evaluateSchedules({ ctx: product.ctx, now: new Date(Date.now() + 1_800_000) })
    expect(await getSchedule({ ctx: product.ctx, input: { id } })).toMatchObject({ enabled: false })
    const later = new Date(Date.parse(pausedUntil) + 1_000)
    await evaluateSchedules({ ctx: product.ctx, now: later })
    expect(await getSchedule({ ctx: product.ctx, input: { id } })).toMatchObject({ enabled: true, pause: null })
    expect((await jobsOf(id)).filter(({ state }) => state === 'missed')).toEqual([])
    const resumed = await product.ctx.db.auditEvent.count({ where: { action: 'schedule.resume', subjectId: id } })
    const intake = await product.ctx.db.auditIntake.count({ where: { action: 'schedule.resume', subjectId: id } })
    expect(resumed + intake).toBe(1)
  })

  it('run now when asked, whatever their window says', async () => {
    const window = { from: '14:00', to: '14:01', days: [0] }
    const { id } = await optioned(new Date().toISOString(), { window })
    const { job } = await runSchedule({ ctx: product.ctx, input: { id } })
    expect(job).toMatchObject({ kind: 'backup', state: 'queued' })
    expect(job.startAfter).toBeUndefined()
    await expect(runSchedule({ ctx: product.ctx, input: { id } })).rejects.toMatchObject({ code: 'already-running' })
  })

  it('account for each occurrence through random jumps of the clock and workers that tick side by side (fault 20)', async () => {
    const seed = Number(process.env['HOLDFAST_TEST_SEED'] ?? 20)
    const numbers = makeRandom(seed)
    const random = () => numbers.below(1_000_000) / 1_000_000
    const start = at('2026-05-03T00:30:00Z').getTime()
    const made = await Promise.all(
      Array.from({ length: 12 }, (_, index) => hourly(new Date(start).toISOString(), index % 2 ? 'once' : 'skip')),
    )
    let clock = start
    let furthest = start
    for (let step = 0; step < 40; step += 1) {
      const jump = random() < 0.2 ? (random() - 0.5) * 6 * 3_600_000 : random() * 40 * 60_000
      clock = Math.round(clock + jump)
      furthest = Math.max(furthest, clock)
      const nows = [0, random() * 60_000, random() * 130_000].map((late) => new Date(clock - late))
      await Promise.all(nows.map((now) => evaluateSchedules({ ctx: product.ctx, now })))
      // What was started has run meanwhile; so that there is room for the next.
      await product.ctx.db.job.updateMany({
        where: { state: 'queued', scheduleId: { in: made.map(({ id }) => id) } },
        data: { state: 'succeeded' },
      })
    }
    await evaluateSchedules({ ctx: product.ctx, now: new Date(furthest + 1) })
    const due = dueRuns('0 * * * *', 'UTC', new Date(start), new Date(furthest), 10_000).runs
    for (const { id } of made) {
      const rows = await startsOf(id)
      const times = rows.flatMap(({ dueAt }) => (dueAt ? [dueAt.getTime()] : []))
      expect(new Set(times).size, `seed ${seed}`).toBe(times.length)
      expect(
        due.filter((run) => !times.includes(run.getTime())),
        `seed ${seed}`,
      ).toEqual([])
    }
  })
})
