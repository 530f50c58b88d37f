import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { JobKind } from '@/lib/contracts/job'
import { openQueue, type OpenQueue } from '@/lib/db/queue'
import type { ServiceContext } from '@/lib/services/context'
import { createJob, type NewJob } from '@/lib/services/job/create-job'
import { redeliverLost } from '@/lib/services/job/redeliver-lost'
import { freshCatalog, type FreshCatalog } from '../helpers/catalog'
import { makeTestLogger } from '../helpers/run-context'
import { testContext } from '../helpers/service-context'
import { waitFor } from '../helpers/wait-for'

let catalog: FreshCatalog
let queue: OpenQueue
let ctx: ServiceContext
beforeAll(async () => {
  catalog = await freshCatalog()
  queue = await openQueue(catalog.url, { supervise: true, logger: makeTestLogger(), retryDelaySeconds: 1 })
  ctx = { ...testContext(catalog.db), queue }
})
afterAll(async () => {
  await queue.stop()
  await catalog.drop()
})
beforeEach(() => catalog.db.job.deleteMany())

const make = (job: Partial<NewJob> & { kind: JobKind }) =>
  catalog.db.$transaction((tx) => createJob(ctx, tx, { input: {}, maxAttempts: 1, ...job }))
const lose = (id: string) => catalog.db.$executeRaw`DELETE FROM pgboss.job WHERE id = ${id}::uuid`
const states = async (id: string) => {
  const rows = await catalog.db.$queryRaw<{ state: string }[]>`
    SELECT state::text FROM pgboss.job WHERE id = ${id}::uuid`
  return rows.map(({ state }) => state)
}
/** As a worker looks after so many seconds. */
const look = (seconds = 61) => redeliverLost(ctx, queue, new Date(Date.now() + seconds * 1_000))

describe('a job that waits without a delivery', () => {
  it('is delivered again once it has waited for a minute', async () => {
    const job = await make({ kind: 'cleanup', exclusiveKey: 'cleanup' })
    await lose(job.id)
    expect(await look(30)).toBe(0)
    expect(await look()).toBe(1)
    expect(await look()).toBe(0)
    const begun: string[] = []
    await queue.work('cleanup', 1, async (id) => void begun.push(id))
    await waitFor('the job to be delivered', () => Promise.resolve(begun.includes(job.id)), 20_000)
  })

  it('is delivered again after its delivery had ended, and once by two workers that find it', async () => {
    const job = await make({ kind: 'copy' })
    await catalog.db.$transaction((tx) => queue.settle(tx, 'copy', job.id))
    expect(await states(job.id)).toEqual(['completed'])
    const found = await Promise.all([look(), look()])
    expect(found.sort()).toEqual([0, 1])
    expect(await states(job.id)).toEqual(['created'])
  })

  it('keeps the key under which it is alone', async () => {
    const job = await make({ kind: 'retention', exclusiveKey: 'shop' })
    await lose(job.id)
    await look()
    await expect(make({ kind: 'retention', exclusiveKey: 'shop' })).rejects.toMatchObject({ code: 'already-running' })
  })

  it('waits on while another one has its key', async () => {
    const job = await make({ kind: 'inventory', exclusiveKey: 'vault' })
    await lose(job.id)
    const other = await make({ kind: 'inventory', exclusiveKey: 'vault' })
    expect(await look()).toBe(0)
    await catalog.db.job.update({ where: { id: other.id }, data: { state: 'succeeded', finishedAt: new Date() } })
    await catalog.db.$transaction((tx) => queue.settle(tx, 'inventory', other.id))
    expect(await look()).toBe(1)
    expect(await states(job.id)).toEqual(['created'])
  })

  it('ends when it was to be cancelled', async () => {
    const job = await make({ kind: 'reverify' })
    await lose(job.id)
    await catalog.db.job.update({ where: { id: job.id }, data: { cancelRequestedAt: new Date() } })
    expect(await look()).toBe(1)
    expect(await catalog.db.job.findUnique({ where: { id: job.id } })).toMatchObject({ state: 'cancelled' })
    expect(await look()).toBe(0)
  })

  it('is left alone when it is delayed, parked or delivered', async () => {
    const { id } = await make({ kind: 'restore-test', startAfter: new Date(Date.now() + 3_600_000) })
    const parked = await make({ kind: 'backup' })
    await catalog.db.$transaction((tx) => queue.putOff(tx, 'backup', parked.id, null))
    expect(await look()).toBe(0)
    await lose(id)
    expect(await look()).toBe(1)
    const [row] = await catalog.db.$queryRaw<{ later: boolean }[]>`
      SELECT start_after > now() + interval '50 minutes' AS later FROM pgboss.job WHERE id = ${id}::uuid`
    expect(row).toEqual({ later: true })
  })
})
