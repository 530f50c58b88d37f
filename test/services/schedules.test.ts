import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createScheduleSchema, schedulePreviewSchema, updateScheduleSchema } from '@/lib/contracts/schedule'
import type { ServiceContext } from '@/lib/services/context'
import { createRetentionPolicy } from '@/lib/services/retention-policy/create-retention-policy'
import { deleteRetentionPolicy } from '@/lib/services/retention-policy/delete-retention-policy'
import { updateRetentionPolicy } from '@/lib/services/retention-policy/update-retention-policy'
import { createSchedule } from '@/lib/services/schedule/create-schedule'
import { deleteSchedule } from '@/lib/services/schedule/delete-schedule'
import { getSchedule } from '@/lib/services/schedule/get-schedule'
import { listSchedules } from '@/lib/services/schedule/list-schedules'
import { previewSchedule } from '@/lib/services/schedule/preview-schedule'
import { updateSchedule } from '@/lib/services/schedule/update-schedule'
import { freshCatalog, type FreshCatalog } from '../helpers/catalog/catalog'
import { testClock, testContext, type TestClock } from '../helpers/catalog/service-context'

let catalog: FreshCatalog
let ctx: ServiceContext
let clock: TestClock
let sourceId: string
beforeAll(async () => {
  catalog = await freshCatalog()
  clock = testClock(new Date('2026-03-28T12:00:00Z'))
  ctx = testContext(catalog.db, { clock })
  const source = await catalog.db.source.create({
    data: { name: 'shop', engine: 'postgres', connection: {}, options: {} },
  })
  sourceId = source.id
})
afterAll(() => catalog.drop())

const daily = (more: object = {}) =>
  createScheduleSchema.parse({ sourceId, action: 'backup', cron: '0 2 * * *', ...more })
const until = async (id: string) => (await catalog.db.schedule.findUniqueOrThrow({ where: { id } })).evaluatedUntil

describe('a schedule', () => {
  it('is daily at 02:00 with the oldest policy when nothing else is said; a restore test is monthly', async () => {
    const oldest = await createRetentionPolicy({
      ctx,
      input: { name: 'the usual', rules: { keepDays: 30, minimum: 1 } },
    })
    const given = { sourceId, timeZone: 'UTC' }
    const backup = await createSchedule({ ctx, input: createScheduleSchema.parse({ ...given, action: 'backup' }) })
    expect(backup).toMatchObject({ cron: '0 2 * * *', retentionPolicyId: oldest.id })
    const test = await createSchedule({ ctx, input: createScheduleSchema.parse({ ...given, action: 'restore-test' }) })
    expect(test).toMatchObject({ cron: '0 4 1 * *', retentionPolicyId: null })
  })

  it('takes no kind of backup that the engine of its source does not have', async () => {
    const refused = { code: 'invalid-input', facts: { errors: [{ path: 'options.method' }] } }
    const options = { method: 'snapshot' as const }
    await expect(createSchedule({ ctx, input: daily({ options }) })).rejects.toMatchObject(refused)
    const schedule = await createSchedule({ ctx, input: daily({ options: { method: 'logical' } }) })
    const patch = updateScheduleSchema.parse({ options })
    await expect(updateSchedule({ ctx, input: { id: schedule.id, patch } })).rejects.toMatchObject(refused)
  })

  it('shows its next five runs in UTC, across the change to summer time', async () => {
    const schedule = await createSchedule({ ctx, input: daily({ timeZone: 'Europe/Athens' }) })
    expect(schedule.nextRuns.slice(0, 3)).toEqual([
      '2026-03-29T00:00:00.000Z',
      '2026-03-29T23:00:00.000Z',
      '2026-03-30T23:00:00.000Z',
    ])
    expect(schedule.nextRuns).toHaveLength(5)
  })

  it.each([
    [{ cron: '0 25 * * *' }, 'cron', /hour/],
    [{ cron: '61 * * * *' }, 'cron', /minute/],
    [{ cron: '* * * *' }, 'cron', /five fields/],
    [{ cron: '0 0 30 2 *' }, 'cron', /never/],
    [{ timeZone: 'Mars/Base' }, 'timeZone', /time zone/],
  ])('refuses %j at the field %s', async (wrong, path, message) => {
    const refused = { facts: { errors: [{ path, message: expect.stringMatching(message) }] } }
    await expect(createSchedule({ ctx, input: daily(wrong) })).rejects.toMatchObject(refused)
    const timing = schedulePreviewSchema.parse({ cron: '0 2 * * *', timeZone: 'UTC', ...wrong })
    await expect(previewSchedule({ ctx, input: timing })).rejects.toMatchObject(refused)
  })

  it('refuses a source, destination or policy that does not exist, at its field', async () => {
    const id = '0193b3a2-6c1e-7c3a-9b1f-2f6f6b0c9a11'
    for (const [field, wrong] of [
      ['sourceId', { sourceId: id }],
      ['destinationIds', { destinationIds: [id] }],
      ['retentionPolicyId', { retentionPolicyId: id }],
    ] as const) {
      await expect(createSchedule({ ctx, input: daily(wrong) })).rejects.toMatchObject({
        code: 'invalid-input',
        facts: { errors: [{ path: field }] },
      })
    }
  })

  it('counts from now when it is made, retimed or switched on again, and only then (fault 20)', async () => {
    const { id } = await createSchedule({ ctx, input: daily() })
    expect(await until(id)).toEqual(clock.now())
    const made = clock.now()
    clock.advance(3_600_000)
    await updateSchedule({ ctx, input: { id, patch: { catchUp: 'skip' } } })
    expect(await until(id)).toEqual(made)
    await updateSchedule({ ctx, input: { id, patch: { cron: '30 3 * * *' } } })
    expect(await until(id)).toEqual(clock.now())
    await updateSchedule({ ctx, input: { id, patch: { enabled: false } } })
    clock.advance(86_400_000 * 9)
    const on = await updateSchedule({ ctx, input: { id, patch: { enabled: true } } })
    expect(await until(id)).toEqual(clock.now())
    expect(on).toMatchObject({ cron: '30 3 * * *', catchUp: 'skip', enabled: true })
  })

  it('keeps what a parsed change does not name', async () => {
    const { id } = await createSchedule({
      ctx,
      input: daily({ timeZone: 'Asia/Tokyo', catchUp: 'skip', options: { level: 'comprehensive' } }),
    })
    const patch = updateScheduleSchema.parse({ enabled: false })
    expect(patch).toEqual({ enabled: false })
    expect(await updateSchedule({ ctx, input: { id, patch } })).toMatchObject({
      timeZone: 'Asia/Tokyo',
      catchUp: 'skip',
      options: { level: 'comprehensive' },
      nextRuns: [],
    })
  })

  it('shows the job it started last, and disappears when it is deleted', async () => {
    const { id } = await createSchedule({ ctx, input: daily() })
    for (const state of ['failed', 'succeeded']) {
      const dueAt = new Date(clock.now().getTime() + (state === 'failed' ? 0 : 1000))
      await catalog.db.job.create({
        data: { kind: 'backup', state, input: {}, actor: {}, scheduleId: id, dueAt, createdAt: dueAt },
      })
    }
    const listed = (await listSchedules({ ctx, input: { limit: 200 } })).items.find((item) => item.id === id)
    expect(listed?.lastJob).toMatchObject({ state: 'succeeded' })
    await deleteSchedule({ ctx, input: { id } })
    await expect(getSchedule({ ctx, input: { id } })).rejects.toMatchObject({ code: 'not-found' })
  })
})

describe('a retention policy', () => {
  it('is not deleted while a schedule keeps by it', async () => {
    const policy = await createRetentionPolicy({ ctx, input: { name: '30 days', rules: { keepDays: 30, minimum: 1 } } })
    const schedule = await createSchedule({ ctx, input: daily({ retentionPolicyId: policy.id }) })
    expect(schedule.retentionPolicyName).toBe('30 days')
    await expect(deleteRetentionPolicy({ ctx, input: { id: policy.id } })).rejects.toMatchObject({ code: 'in-use' })
    await updateSchedule({ ctx, input: { id: schedule.id, patch: { retentionPolicyId: null } } })
    await deleteRetentionPolicy({ ctx, input: { id: policy.id } })
  })

  it('leaves the old and the new rules in the audit log', async () => {
    const policy = await createRetentionPolicy({ ctx, input: { name: 'few', rules: { keepLast: 30, minimum: 1 } } })
    await updateRetentionPolicy({ ctx, input: { id: policy.id, patch: { rules: { keepLast: 3, minimum: 1 } } } })
    const event = await catalog.db.auditEvent.findFirst({ where: { action: 'retention-policy.update' } })
    expect(event?.detail).toMatchObject({ from: { keepLast: 30 }, to: { keepLast: 3 } })
  })
})
