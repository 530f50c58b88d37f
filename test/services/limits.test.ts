import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { ServiceContext } from '@/lib/services/context'
import { claimNextJob } from '@/lib/services/job/claim-next-job'
import { createJob, type NewJob } from '@/lib/services/job/create-job'
import { getJob } from '@/lib/services/job/get-job'
import { refreshWaitReasons } from '@/lib/services/job/refresh-wait-reasons'
import { updateOperations } from '@/lib/services/operations/update-operations'
import type { JobKind } from '@/lib/contracts/job'
import { freshCatalog, type FreshCatalog } from '../helpers/catalog/catalog'
import { testContext } from '../helpers/catalog/service-context'

const workerId = '0193b3a2-6c1e-7c3a-9b1f-2f6f6b0c9a11'

describe('limits', () => {
  let catalog: FreshCatalog
  let ctx: ServiceContext
  let vault: string

  beforeAll(async () => {
    catalog = await freshCatalog()
    ctx = testContext(catalog.db)
    const destination = { name: 'the vault', kind: 'local', config: {} }
    vault = (await catalog.db.destination.create({ data: destination })).id
  })
  afterAll(async () => {
    await catalog.drop()
  })
  beforeEach(async () => {
    await catalog.db.job.deleteMany()
    await updateOperations({ ctx, input: { limits: { global: 16, perHost: 2, perDestination: 4 } } })
  })

  const make = (job: Partial<NewJob> = {}) =>
    catalog.db.$transaction((tx) =>
      createJob(ctx, tx, { kind: 'backup', input: {}, maxAttempts: 1, host: 'db1', ...job }),
    )
  const claim = (kind: JobKind = 'backup') => claimNextJob(catalog.db, { kind, workerId })
  const end = (id: string) => catalog.db.job.update({ where: { id }, data: { state: 'succeeded' } })
  const read = (id: string) => catalog.db.job.findUniqueOrThrow({ where: { id } })

  it('hold when twenty claims come at the same moment (fault 88)', async () => {
    await Promise.all(Array.from({ length: 20 }, () => make()))
    const claims = await Promise.all(Array.from({ length: 20 }, () => claim()))
    expect(claims.filter((each) => each !== null)).toHaveLength(2)
    expect(await catalog.db.job.count({ where: { state: 'running' } })).toBe(2)
  })

  it('leave what waits queued with its reason, and no attempt used', async () => {
    const jobs = [await make(), await make(), await make({ host: 'DB1.' })]
    expect([await claim(), await claim(), await claim()].map((job) => job?.id)).toEqual([
      jobs[0]?.id,
      jobs[1]?.id,
      undefined,
    ])
    await refreshWaitReasons(catalog.db)
    const waiting = await read(jobs[2]?.id ?? '')
    expect(waiting).toMatchObject({ state: 'queued', attempt: 0, startAfter: null })
    expect(waiting.waitReason).toBe('2 jobs run on db1 already, the most that may load one host at once.')
    expect((await getJob({ ctx, input: { id: waiting.id } })).waitReason).toBe(waiting.waitReason)
  })

  it('say so from the start on what is made while they are full', async () => {
    await make()
    await make()
    expect((await make()).waitReason).toContain('2 jobs run on db1 already')
  })

  it('let the oldest go on when there is room, and no more than fit', async () => {
    const jobs = []
    for (let index = 0; index < 8; index += 1) jobs.push(await make())
    const ids = jobs.map(({ id }) => id)
    await claim()
    await claim()
    expect(await refreshWaitReasons(catalog.db)).toBe(0)
    await end(ids[0] ?? '')
    expect(await refreshWaitReasons(catalog.db)).toBe(1)
    expect((await read(ids[2] ?? '')).waitReason).toBeNull()
    for (const id of ids.slice(3)) expect((await read(id)).waitReason).toContain('2 jobs run on db1 already')
    // It has its place although no worker has taken it yet.
    expect(await refreshWaitReasons(catalog.db)).toBe(0)
    expect(await claim()).toMatchObject({ id: ids[2], state: 'running', waitReason: null, attempt: 1 })
    expect(await claim()).toBeNull()
  })

  it('hold up nothing that loads something else', async () => {
    for (let index = 0; index < 3; index += 1) await make()
    await claim()
    await claim()
    const other = await make({ host: 'db2' })
    expect(await claim()).toMatchObject({ id: other.id })
  })

  it('count destinations and the whole instance, too, and name the destination', async () => {
    await updateOperations({ ctx, input: { limits: { global: 3, perDestination: 1 } } })
    const first = await make({ host: 'a', destinationIds: [vault] })
    const second = await make({ host: 'b', destinationIds: [vault] })
    expect(await claim()).toMatchObject({ id: first.id })
    expect(await claim()).toBeNull()
    await refreshWaitReasons(catalog.db)
    expect((await read(second.id)).waitReason).toContain('to the vault already')
    const others = [await make({ host: 'c' }), await make({ host: 'd' }), await make({ host: 'e' })]
    expect([await claim(), await claim(), await claim()].map((job) => job?.id)).toEqual([
      others[0]?.id,
      others[1]?.id,
      undefined,
    ])
    await refreshWaitReasons(catalog.db)
    expect((await read(others[2]?.id ?? '')).waitReason).toContain('3 jobs run already')
  })

  it('do not hold a restore', async () => {
    await updateOperations({ ctx, input: { limits: { global: 1, perHost: 1, perDestination: 1 } } })
    await make()
    await claim()
    const { host: _, ...restore } = { kind: 'restore' as const, input: {}, maxAttempts: 1, host: '' }
    const row = await catalog.db.$transaction((tx) => createJob(ctx, tx, restore))
    expect(await claim('restore')).toMatchObject({ id: row.id, state: 'running' })
  })

  it('are followed when an administrator raises them', async () => {
    const jobs = [await make(), await make(), await make()]
    await claim()
    await claim()
    await updateOperations({ ctx, input: { limits: { perHost: 3 } } })
    expect(await refreshWaitReasons(catalog.db)).toBe(1)
    expect(await claim()).toMatchObject({ id: jobs[2]?.id })
  })

  it('do not begin work outside its window, and say when it opens', async () => {
    const closed = { from: '03:00', to: '03:01', days: [new Date(Date.now() + 3 * 86_400_000).getUTCDay()] }
    const row = await make({ rules: { window: closed, timeZone: 'UTC', retries: null } })
    const open = await make()
    expect(await claim()).toMatchObject({ id: open.id })
    const waiting = await read(row.id)
    expect(waiting.waitReason).toContain('It waits for its window, 03:00 to 03:01')
    expect(waiting.startAfter?.getUTCDay()).toBe(closed.days[0])
    expect(waiting.attempt).toBe(0)
  })

  it('are told on what came due meanwhile in place of the reason that is over', async () => {
    const passed = new Date(Date.now() - 1_000)
    for (let index = 0; index < 20; index += 1) await make({ startAfter: passed, waitReason: 'Its start is spread.' })
    await claim()
    await claim()
    await refreshWaitReasons(catalog.db)
    const waiting = await catalog.db.job.findMany({ where: { state: 'queued' } })
    expect(waiting.map((job) => job.waitReason)).toEqual(
      waiting.map(() => '2 jobs run on db1 already, the most that may load one host at once.'),
    )
  })
})
