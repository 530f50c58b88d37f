import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createPolicySchema } from '@/lib/contracts/policy'
import { createScheduleSchema } from '@/lib/contracts/schedule'
import type { ServiceContext } from '@/lib/services/context'
import { createPolicy } from '@/lib/services/policy/create-policy'
import { updatePolicy } from '@/lib/services/policy/update-policy'
import { createRetentionPolicy } from '@/lib/services/retention-policy/create-retention-policy'
import { createSchedule } from '@/lib/services/schedule/create-schedule'
import { deleteSchedule } from '@/lib/services/schedule/delete-schedule'
import { updateSchedule } from '@/lib/services/schedule/update-schedule'
import { freshCatalog, type FreshCatalog } from '../../helpers/catalog/catalog'
import { person, showAgain, type Person } from '../../helpers/catalog/people'
import { testClock, testContext, type TestClock } from '../../helpers/catalog/service-context'

let catalog: FreshCatalog
let clock: TestClock
/** A token, which is asked for nothing. */
let root: ServiceContext
let ann: Person
let [week, month] = ['', '']
beforeAll(async () => {
  catalog = await freshCatalog()
  clock = testClock()
  root = testContext(catalog.db, { clock })
  const policy = async (keepDays: number) =>
    (await createRetentionPolicy({ ctx: root, input: { name: randomUUID(), rules: { keepDays } } })).id
  ;[week, month] = [await policy(7), await policy(30)]
})
afterAll(() => catalog.drop())
beforeEach(async () => {
  ann = await person(root)
})

const source = async (backups = 1) => {
  const row = await catalog.db.source.create({
    data: { name: randomUUID(), engine: 'postgres', connection: {}, options: {} },
  })
  const backup = {
    jobId: randomUUID(),
    kind: 'logical',
    status: 'succeeded',
    startedAt: clock.now(),
    repositoryPath: '',
  }
  for (let n = 0; n < backups; n += 1) await catalog.db.backup.create({ data: { ...backup, sourceId: row.id } })
  return row.id
}
const schedule = (ctx: ServiceContext, sourceId: string, retentionPolicyId: string | null, action = 'backup') =>
  createSchedule({ ctx, input: createScheduleSchema.parse({ sourceId, action, retentionPolicyId }) })
const live = (sourceId: string) => catalog.db.schedule.count({ where: { sourceId, deletedAt: null } })

/** Refused until the person has shown again who they are, and nothing happens before. */
async function needsStepUp(run: (ctx: ServiceContext) => Promise<unknown>): Promise<void> {
  await expect(run(ann.ctx)).rejects.toMatchObject({ code: 'step-up-needed' })
  await showAgain(ann)
  await run(ann.ctx)
}

describe('a schedule', () => {
  it('that brings the first policy to a source that has backups needs step-up (security 23)', async () => {
    const id = await source()
    await expect(schedule(ann.ctx, id, week)).rejects.toMatchObject({ code: 'step-up-needed' })
    expect(await live(id)).toBe(0)
    await schedule(ann.ctx, id, null)
    await schedule(ann.ctx, id, week, 'restore-test')
    await needsStepUp((ctx) => schedule(ctx, id, week))
    expect(await live(id)).toBe(3)
  })

  it('needs none for a source without backups, or beside a policy that goes on holding', async () => {
    await schedule(ann.ctx, await source(0), week)
    const id = await source()
    await schedule(root, id, month)
    await schedule(ann.ctx, id, week)
  })

  it('that is deleted needs step-up when only its policy kept so much (security 23)', async () => {
    const id = await source()
    const [long, short] = [await schedule(root, id, month), await schedule(root, id, week)]
    await needsStepUp((ctx) => deleteSchedule({ ctx, input: { id: long.id } }))
    expect(await live(id)).toBe(1)
    // Without any policy everything is kept.
    ann = await person(root)
    await deleteSchedule({ ctx: ann.ctx, input: { id: short.id } })
  })

  it('that lets go of its policy beside a shorter one needs step-up, and alone needs none', async () => {
    const id = await source()
    const long = await schedule(root, id, month)
    const drop = (ctx: ServiceContext) =>
      updateSchedule({ ctx, input: { id: long.id, patch: { retentionPolicyId: null } } })
    await drop(ann.ctx)
    await updateSchedule({ ctx: root, input: { id: long.id, patch: { retentionPolicyId: month } } })
    await schedule(root, id, week)
    await needsStepUp(drop)
  })

  it('that takes a shorter policy needs step-up, once for all of it', async () => {
    const { id } = await schedule(root, await source(), month)
    const shorten = (ctx: ServiceContext) => updateSchedule({ ctx, input: { id, patch: { retentionPolicyId: week } } })
    await needsStepUp(shorten)
    await updateSchedule({ ctx: root, input: { id, patch: { retentionPolicyId: month } } })
    ann = await person(root)
    await updateSchedule({ ctx: ann.ctx, input: { id, patch: { cron: '30 3 * * *' } } })
  })
})

describe('a shared policy', () => {
  const input = (sourceIds: string[]) =>
    createPolicySchema.parse({
      name: randomUUID(),
      action: 'backup',
      cron: '0 2 * * *',
      retentionPolicyId: week,
      sourceIds,
    })

  it('that brings the first rules to a source that has backups needs step-up', async () => {
    const id = await source()
    const made = input([await source(0), id])
    await needsStepUp((ctx) => createPolicy({ ctx, input: made }))
    expect(await live(id)).toBe(1)
  })

  it('that takes such a source in, or lets one go that has shorter rules beside, needs step-up', async () => {
    const [first, second] = [await source(), await source()]
    const { id } = await createPolicy({ ctx: root, input: { ...input([first]), retentionPolicyId: month } })
    const change = (sourceIds: string[]) => (ctx: ServiceContext) =>
      updatePolicy({ ctx, input: { id, patch: { sourceIds, removeSchedules: true } } })
    await needsStepUp(change([first, second]))
    await schedule(root, first, week)
    ann = await person(root)
    await needsStepUp(change([second]))
    ann = await person(root)
    await change([])(ann.ctx)
  })
})
