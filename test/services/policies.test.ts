import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createPolicySchema, updatePolicySchema } from '@/lib/contracts/policy'
import { createScheduleSchema } from '@/lib/contracts/schedule'
import type { ServiceContext } from '@/lib/services/context'
import { createPolicy } from '@/lib/services/policy/create-policy'
import { deletePolicy } from '@/lib/services/policy/delete-policy'
import { getPolicy } from '@/lib/services/policy/get-policy'
import { listPolicies } from '@/lib/services/policy/list-policies'
import { previewNewPolicy, previewPolicy } from '@/lib/services/policy/preview-policy'
import { updatePolicy } from '@/lib/services/policy/update-policy'
import { createSchedule } from '@/lib/services/schedule/create-schedule'
import { deleteSchedule } from '@/lib/services/schedule/delete-schedule'
import { getSchedule } from '@/lib/services/schedule/get-schedule'
import { listSchedules } from '@/lib/services/schedule/list-schedules'
import { updateSchedule } from '@/lib/services/schedule/update-schedule'
import { freshCatalog, type FreshCatalog } from '../helpers/catalog/catalog'
import { as, testClock, testContext, type TestClock } from '../helpers/catalog/service-context'

let catalog: FreshCatalog
let ctx: ServiceContext
let clock: TestClock
let names = 0
beforeAll(async () => {
  catalog = await freshCatalog()
  clock = testClock(new Date('2026-03-28T12:00:00Z'))
  ctx = testContext(catalog.db, { clock })
})
afterAll(() => catalog.drop())

const source = async (name: string) =>
  (await catalog.db.source.create({ data: { name, engine: 'postgres', connection: {}, options: {} } })).id
const destination = async (name: string) =>
  (await catalog.db.destination.create({ data: { name, kind: 'local', config: {} } })).id
const nightly = (more: object) =>
  createPolicySchema.parse({
    name: `nightly ${++names}`,
    action: 'backup',
    cron: '0 2 * * *',
    timeZone: 'Europe/Athens',
    retentionPolicyId: null,
    ...more,
  })
const patch = (changes: object) => updatePolicySchema.parse(changes)
const schedulesOf = async (policyId: string) => (await listSchedules({ ctx, input: { limit: 50, policyId } })).items

describe('a policy', () => {
  it('gives each of its sources a schedule that follows it', async () => {
    const ids = [await source('a'), await source('b')]
    const vault = await destination('vault a')
    const policy = await createPolicy({ ctx, input: nightly({ sourceIds: ids, destinationIds: [vault] }) })
    expect(policy.sources.map(({ name }) => name)).toEqual(['a', 'b'])
    const schedules = await schedulesOf(policy.id)
    expect(schedules).toHaveLength(2)
    expect(schedules[0]).toMatchObject({
      cron: '0 2 * * *',
      timeZone: 'Europe/Athens',
      destinationIds: [vault],
      policyId: policy.id,
      policyName: policy.name,
      enabled: true,
    })
    expect((await listPolicies({ ctx, input: { limit: 50 } })).items.map(({ id }) => id)).toContain(policy.id)
  })

  it('changes all that follow it at once, counts from then, and leaves what is off switched off', async () => {
    const ids = [await source('c'), await source('d')]
    const policy = await createPolicy({ ctx, input: nightly({ sourceIds: ids }) })
    const [first, second] = await schedulesOf(policy.id)
    await updateSchedule({ ctx, input: { id: first?.id ?? '', patch: { enabled: false } } })
    clock.advance(3_600_000)
    await updatePolicy({
      ctx,
      input: { id: policy.id, patch: patch({ cron: '30 4 * * *', options: { jitterSeconds: 60 } }) },
    })
    const after = await schedulesOf(policy.id)
    expect(after.map(({ cron, enabled, options }) => [cron, enabled, options.jitterSeconds])).toEqual([
      ['30 4 * * *', false, 60],
      ['30 4 * * *', true, 60],
    ])
    expect(after[0]?.pause).toMatchObject({ by: 'test' })
    const row = await catalog.db.schedule.findUniqueOrThrow({ where: { id: second?.id ?? '' } })
    expect(row.evaluatedUntil).toEqual(clock.now())
  })

  it('has a kind of backup that all who follow it can take, and says when it changes', async () => {
    const files = { name: 'files', engine: 'files', connection: { root: '/srv' }, options: {} }
    const { id } = await catalog.db.source.create({ data: files })
    const other = await source('of another engine')
    const kind = { options: { method: 'snapshot' } }
    const refused = {
      code: 'invalid-input',
      facts: { errors: [{ path: 'options.method', message: expect.stringContaining('of another engine') }] },
    }
    await expect(createPolicy({ ctx, input: nightly({ sourceIds: [id, other], ...kind }) })).rejects.toMatchObject(
      refused,
    )
    const policy = await createPolicy({ ctx, input: nightly({ sourceIds: [id] }) })
    const { changes } = await previewPolicy({ ctx, input: { id: policy.id, patch: patch(kind) } })
    expect(changes.map(({ change, differences }) => [change, differences])).toEqual([
      ['changed', ['Takes backups of kind snapshot instead of backups of the usual kind.']],
    ])
    await updatePolicy({ ctx, input: { id: policy.id, patch: patch(kind) } })
    const [schedule] = await schedulesOf(policy.id)
    expect(schedule?.options.method).toBe('snapshot')
    const joining = { id: policy.id, patch: patch({ sourceIds: [id, other] }) }
    await expect(updatePolicy({ ctx, input: joining })).rejects.toMatchObject(refused)
  })

  it('shows what a change would do for whom before it is made, and changes nothing by that', async () => {
    const [kept, gone, fresh] = [await source('kept'), await source('gone'), await source('fresh')]
    const [here, there] = [await destination('here'), await destination('there')]
    const policy = await createPolicy({
      ctx,
      input: nightly({ sourceIds: [kept, gone], destinationIds: [here], cron: '30 3 * * *' }),
    })
    await createSchedule({
      ctx,
      input: createScheduleSchema.parse({ sourceId: fresh, action: 'backup', cron: '0 5 * * *' }),
    })
    const change = patch({ sourceIds: [kept, fresh], destinationIds: [there], cron: '0 6 * * *' })
    const { changes } = await previewPolicy({ ctx: as(ctx, 'viewer'), input: { id: policy.id, patch: change } })
    expect(changes.map(({ sourceName, change: what }) => [sourceName, what])).toEqual([
      ['fresh', 'added'],
      ['gone', 'removed'],
      ['kept', 'changed'],
    ])
    expect(changes[0]?.besides).toEqual(['0 5 * * * UTC'])
    const [, removed, changed] = changes
    expect(removed?.after).toBeNull()
    expect(changed?.differences).toEqual([
      'Runs at 0 6 * * * Europe/Athens instead of 30 3 * * * Europe/Athens.',
      'Also stored in there.',
      'No longer stored in here; what is there stays until retention.',
    ])
    // The clocks go forward that night: the old time did not exist.
    expect(changed?.before?.runs[0]).toMatchObject({
      at: '2026-03-29T01:30:00.000Z',
      note: expect.stringMatching(/forward/),
    })
    expect(changed?.after?.runs[0]).toMatchObject({ at: '2026-03-29T03:00:00.000Z', note: null })
    expect(await getPolicy({ ctx, input: { id: policy.id } })).toMatchObject({ cron: '30 3 * * *' })
  })

  it('deletes the schedules of sources that are taken out only when that was confirmed', async () => {
    const [stays, goes] = [await source('stays'), await source('goes')]
    const policy = await createPolicy({ ctx, input: nightly({ sourceIds: [stays, goes] }) })
    const without = { id: policy.id, patch: patch({ sourceIds: [stays] }) }
    await expect(updatePolicy({ ctx, input: without })).rejects.toMatchObject({
      code: 'confirmation-needed',
      facts: { sources: ['goes'] },
    })
    expect(await schedulesOf(policy.id)).toHaveLength(2)
    await updatePolicy({ ctx, input: { ...without, patch: { ...without.patch, removeSchedules: true } } })
    expect((await schedulesOf(policy.id)).map(({ sourceName }) => sourceName)).toEqual(['stays'])
    await expect(deletePolicy({ ctx, input: { id: policy.id } })).rejects.toMatchObject({ code: 'in-use' })
    await updatePolicy({ ctx, input: { id: policy.id, patch: patch({ sourceIds: [], removeSchedules: true }) } })
    await deletePolicy({ ctx, input: { id: policy.id } })
    await expect(getPolicy({ ctx, input: { id: policy.id } })).rejects.toMatchObject({ code: 'not-found' })
  })

  it('owns its schedules: they can be paused one by one and nothing else', async () => {
    const policy = await createPolicy({ ctx, input: nightly({ sourceIds: [await source('owned')] }) })
    const id = (await schedulesOf(policy.id))[0]?.id ?? ''
    const refused = { code: 'policy-owned', message: expect.stringContaining(policy.name) }
    await expect(updateSchedule({ ctx, input: { id, patch: { cron: '0 9 * * *' } } })).rejects.toMatchObject(refused)
    await expect(deleteSchedule({ ctx, input: { id } })).rejects.toMatchObject(refused)
    await updateSchedule({ ctx, input: { id, patch: { enabled: false } } })
    expect(await getSchedule({ ctx, input: { id } })).toMatchObject({ enabled: false, policyName: policy.name })
  })

  it('is stored whole or not at all, and says which field is wrong', async () => {
    const unknown = '0193b3a2-6c1e-7c3a-9b1f-2f6f6b0c9a11'
    const before = await catalog.db.policy.count()
    for (const [field, wrong] of [
      ['cron', { cron: '61 * * * *' }],
      ['sourceIds', { sourceIds: [unknown] }],
      ['destinationIds', { destinationIds: [unknown] }],
      ['retentionPolicyId', { retentionPolicyId: unknown }],
    ] as const) {
      const refused = { facts: { errors: [{ path: field }] } }
      await expect(createPolicy({ ctx, input: nightly(wrong) })).rejects.toMatchObject(refused)
      await expect(previewNewPolicy({ ctx, input: nightly(wrong) })).rejects.toMatchObject(refused)
    }
    const policy = await createPolicy({ ctx, input: nightly({}) })
    await expect(createPolicy({ ctx, input: nightly({ name: policy.name }) })).rejects.toMatchObject({
      code: 'name-taken',
    })
    expect(await catalog.db.policy.count()).toBe(before + 1)
  })

  it('is read by viewers and changed by administrators alone', async () => {
    const policy = await createPolicy({ ctx, input: nightly({}) })
    for (const role of ['viewer', 'operator'] as const) {
      const limited = as(ctx, role)
      expect(await getPolicy({ ctx: limited, input: { id: policy.id } })).toMatchObject({ id: policy.id })
      await expect(createPolicy({ ctx: limited, input: nightly({}) })).rejects.toMatchObject({ code: 'forbidden' })
      await expect(updatePolicy({ ctx: limited, input: { id: policy.id, patch: {} } })).rejects.toMatchObject({
        code: 'forbidden',
      })
      await expect(deletePolicy({ ctx: limited, input: { id: policy.id } })).rejects.toMatchObject({
        code: 'forbidden',
      })
    }
  })
})
