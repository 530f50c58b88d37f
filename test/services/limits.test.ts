import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { openQueue, type OpenQueue } from '@/lib/db/queue'
import type { ServiceContext } from '@/lib/services/context'
import { claimJob } from '@/lib/services/job/claim-job'
import { createJob, type NewJob } from '@/lib/services/job/create-job'
import { getJob } from '@/lib/services/job/get-job'
import { wakeWaiting } from '@/lib/services/job/wake-waiting'
import { updateOperations } from '@/lib/services/operations/update-operations'
import { freshCatalog, type FreshCatalog } from '../helpers/catalog'
import { makeTestLogger } from '../helpers/run-context'
import { testContext } from '../helpers/service-context'

const workerId = '0193b3a2-6c1e-7c3a-9b1f-2f6f6b0c9a11'

describe('limits', () => {
  let catalog: FreshCatalog
  let queue: OpenQueue
  let ctx: ServiceContext
  let vault: string

  beforeAll(async () => {
    catalog = await freshCatalog()
    queue = await openQueue(catalog.url, { supervise: false, logger: makeTestLogger() })
    ctx = { ...testContext(catalog.db), queue }
    const destination = { name: 'the vault', kind: 'local', config: {} }
    vault = (await catalog.db.destination.create({ data: destination })).id
  })
  afterAll(async () => {
    await queue.stop()
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
  const claim = (jobId: string) => claimJob(catalog.db, queue, { jobId, workerId, now: new Date() })
  const end = (id: string) => catalog.db.job.update({ where: { id }, data: { state: 'succeeded' } })
  const read = (id: string) => catalog.db.job.findUniqueOrThrow({ where: { id } })

  it('hold when twenty claims come at the same moment (fault 88)', async () => {
    const jobs = await Promise.all(Array.from({ length: 20 }, () => make()))
    const claims = await Promise.all(jobs.map(({ id }) => claim(id)))
    expect(claims.filter((each) => each !== 'waits' && each !== null)).toHaveLength(2)
    expect(claims.filter((each) => each === 'waits')).toHaveLength(18)
    expect(await catalog.db.job.count({ where: { state: 'running' } })).toBe(2)
  })

  it('leave what waits queued with its reason, and no attempt used', async () => {
    const jobs = [await make(), await make(), await make({ host: 'DB1.' })]
    for (const { id } of jobs) await claim(id)
    const waiting = await read(jobs[2]?.id ?? '')
    expect(waiting).toMatchObject({ state: 'queued', attempt: 0, startAfter: null })
    expect(waiting.waitReason).toBe('2 jobs run on db1 already, the most that may load one host at once.')
    expect((await getJob({ ctx, input: { id: waiting.id } })).waitReason).toBe(waiting.waitReason)
  })

  it('let the oldest go on when there is room, and no more than fit', async () => {
    const jobs = []
    for (let index = 0; index < 6; index += 1) jobs.push(await make())
    const ids = jobs.map(({ id }) => id)
    for (const id of ids) await claim(id)
    expect(await wakeWaiting(catalog.db, queue)).toBe(0)
    await end(ids[0] ?? '')
    expect(await wakeWaiting(catalog.db, queue)).toBe(1)
    expect((await read(ids[2] ?? '')).waitReason).toBeNull()
    expect((await read(ids[3] ?? '')).waitReason).not.toBeNull()
    // It was delivered and takes its place; nobody else is woken for the same room.
    expect(await wakeWaiting(catalog.db, queue)).toBe(0)
    expect(await claim(ids[2] ?? '')).toMatchObject({ state: 'running', waitReason: null, attempt: 1 })
  })

  it('count destinations and the whole instance, too, and name the destination', async () => {
    await updateOperations({ ctx, input: { limits: { global: 3, perDestination: 1 } } })
    const first = await make({ host: 'a', destinationIds: [vault] })
    const second = await make({ host: 'b', destinationIds: [vault] })
    expect(await claim(first.id)).toMatchObject({ state: 'running' })
    expect(await claim(second.id)).toBe('waits')
    expect((await read(second.id)).waitReason).toContain('to the vault already')
    const others = [await make({ host: 'c' }), await make({ host: 'd' }), await make({ host: 'e' })]
    const claims = []
    for (const { id } of others) claims.push(await claim(id))
    expect(claims.at(-1)).toBe('waits')
    expect((await read(others[2]?.id ?? '')).waitReason).toContain('3 jobs run already')
  })

  it('do not hold a restore', async () => {
    await updateOperations({ ctx, input: { limits: { global: 1, perHost: 1, perDestination: 1 } } })
    await claim((await make()).id)
    const { host: _, ...restore } = { kind: 'restore' as const, input: {}, maxAttempts: 1, host: '' }
    const row = await catalog.db.$transaction((tx) => createJob(ctx, tx, restore))
    expect(await claim(row.id)).toMatchObject({ state: 'running' })
  })

  it('are followed when an administrator raises them', async () => {
    const jobs = [await make(), await make(), await make()]
    for (const { id } of jobs) await claim(id)
    await updateOperations({ ctx, input: { limits: { perHost: 3 } } })
    expect(await wakeWaiting(catalog.db, queue)).toBe(1)
  })

  it('do not begin work outside its window, and say when it opens', async () => {
    const closed = { from: '03:00', to: '03:01', days: [new Date(Date.now() + 3 * 86_400_000).getUTCDay()] }
    const row = await make({ rules: { window: closed, timeZone: 'UTC', retries: null } })
    expect(await claim(row.id)).toBe('waits')
    const waiting = await read(row.id)
    expect(waiting.waitReason).toContain('It waits for its window, 03:00 to 03:01')
    expect(waiting.startAfter?.getUTCDay()).toBe(closed.days[0])
    expect(waiting.attempt).toBe(0)
  })
})
