import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { JobKind } from '@/lib/contracts/job'
import { catalogNow } from '@/lib/db/catalog-now'
import { listen } from '@/lib/db/listen'
import type { ServiceContext } from '@/lib/services/context'
import { cancelJob } from '@/lib/services/job/cancel-job'
import { claimNextJob, findDueKinds, type ClaimedJob } from '@/lib/services/job/claim-next-job'
import { createJob, type NewJob } from '@/lib/services/job/create-job'
import { finishRun } from '@/lib/services/job/finish-run'
import { refreshWaitReasons } from '@/lib/services/job/refresh-wait-reasons'
import { recoverJobs } from '@/lib/services/job/recover-jobs'
import { freshCatalog, type FreshCatalog } from '../helpers/catalog/catalog'
import { makeTestLogger } from '../helpers/run-context'
import { testContext } from '../helpers/catalog/service-context'
import { waitFor } from '../helpers/wait-for'

const hourMs = 3_600_000
let catalog: FreshCatalog
let ctx: ServiceContext
beforeAll(async () => {
  catalog = await freshCatalog()
  ctx = testContext(catalog.db)
})
afterAll(() => catalog.drop())
beforeEach(async () => {
  await catalog.db.job.deleteMany()
  await catalog.db.worker.deleteMany()
})

const make = (job: Partial<NewJob> = {}) =>
  catalog.db.$transaction((tx) => createJob(ctx, tx, { kind: 'cleanup', input: {}, maxAttempts: 3, ...job }))
const claim = (workerId: string = randomUUID(), kind: JobKind = 'cleanup') =>
  claimNextJob(catalog.db, { kind, workerId })
const claimed = async (workerId?: string): Promise<ClaimedJob> => {
  const job = await claim(workerId)
  if (!job) throw new Error('There was no job to take')
  return job
}
const read = (id: string) => catalog.db.job.findUniqueOrThrow({ where: { id } })
const failed = { type: 'failed', failure: { code: 'server-gone', message: 'The server hung up.' } } as const
const finish = (job: ClaimedJob, outcome: Parameters<typeof finishRun>[2]['outcome']) =>
  finishRun(catalog.db, job, {
    outcome,
    now: new Date(),
    log: '',
    retry: { firstDelaySeconds: 600, factor: 2 },
    commit: () => Promise.resolve(),
  })
const worker = async (heartbeatAt: Date) => {
  const row = {
    id: randomUUID(),
    host: 'h',
    processKey: 'k',
    pid: 1,
    version: '1',
    startedAt: heartbeatAt,
    heartbeatAt,
  }
  return (await catalog.db.worker.create({ data: row })).id
}

describe('the job table as the queue', () => {
  it('gives each job to one of many workers, oldest first', async () => {
    const made: string[] = []
    for (let index = 0; index < 12; index += 1) made.push((await make()).id)
    const taken = await Promise.all(Array.from({ length: 20 }, () => claim()))
    const ids = taken.flatMap((job) => (job ? [job.id] : []))
    expect(ids).toHaveLength(12)
    expect([...ids].sort()).toEqual([...made].sort())
    expect((await make()).id).toBe((await claimed()).id)
  })

  it('lets one job of a kind with a key wait or run, however many are made at once, and the next when it ended', async () => {
    const results = await Promise.allSettled(Array.from({ length: 8 }, () => make({ exclusiveKey: 'vault' })))
    const [row] = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []))
    const refused = results.flatMap((result) => (result.status === 'rejected' ? [result.reason as unknown] : []))
    expect(refused).toHaveLength(7)
    for (const error of refused) {
      expect(error).toMatchObject({ code: 'already-running', facts: { jobId: row?.id } })
    }
    const job = await claimed()
    await expect(make({ exclusiveKey: 'vault' })).rejects.toMatchObject({ code: 'already-running' })
    await make({ exclusiveKey: 'shelf' })
    await make({ kind: 'inventory', exclusiveKey: 'vault' })
    await finish(job, { type: 'succeeded' })
    await make({ exclusiveKey: 'vault' })
  })

  it('leaves the transaction usable in which a key was refused', async () => {
    await make({ exclusiveKey: 'vault' })
    await catalog.db.$transaction(async (tx) => {
      const job = { kind: 'cleanup' as const, input: {}, maxAttempts: 1, exclusiveKey: 'vault' }
      await expect(createJob(ctx, tx, job)).rejects.toMatchObject({ code: 'already-running' })
      await createJob(ctx, tx, { ...job, exclusiveKey: 'shelf' })
    })
    expect(await catalog.db.job.count()).toBe(2)
  })

  it('gives away neither what is not due, nor what was cancelled', async () => {
    const later = await make({ startAfter: new Date(Date.now() + hourMs) })
    const cancelled = await make()
    await cancelJob({ ctx, input: { id: cancelled.id } })
    expect(await findDueKinds(catalog.db)).toEqual([])
    expect(await claim()).toBeNull()
    await catalog.db.job.update({ where: { id: later.id }, data: { startAfter: new Date(Date.now() - 1_000) } })
    expect(await findDueKinds(catalog.db)).toEqual(['cleanup'])
    expect(await claim()).toMatchObject({ id: later.id, attempt: 1, fence: 1 })
  })

  it('tries a run that failed again after its delay, by the clock of the catalog, with the reason on it', async () => {
    await make()
    const job = await claimed()
    expect(await finish(job, { ...failed, transient: true })).toBe('queued')
    const after = await read(job.id)
    expect(after.waitReason).toBe('Attempt 1 failed and it is tried again: The server hung up.')
    const delayMs = (after.startAfter?.getTime() ?? 0) - (await catalogNow(catalog.db)).getTime()
    expect(delayMs).toBeGreaterThan(590_000)
    expect(delayMs).toBeLessThan(721_000)
    expect(await claim()).toBeNull()
  })

  it.each([
    ['failed for a passing reason', { ...failed, transient: true }],
    ['was handed back', { type: 'interrupted', handedBack: true }],
    ['lost its worker', { type: 'interrupted', handedBack: false }],
  ] as const)('does not try a run again that %s while its job was being cancelled', async (_, outcome) => {
    await make({ exclusiveKey: 'vault' })
    const job = await claimed()
    await cancelJob({ ctx, input: { id: job.id } })
    const seen: string[] = []
    const end = { outcome, now: new Date(), log: '', retry: { firstDelaySeconds: 1, factor: 2 } }
    const commit = async (_tx: unknown, state: string, final: { type: string }) => void seen.push(state, final.type)
    expect(await finishRun(catalog.db, job, { ...end, commit })).toBe('cancelled')
    expect(seen).toEqual(['cancelled', 'cancelled'])
    expect(await read(job.id)).toMatchObject({ state: 'cancelled', error: { code: 'cancelled' }, startAfter: null })
    await make({ exclusiveKey: 'vault' })
  })

  it('gives away what an older version left waiting although it was to be cancelled, so that its key is freed', async () => {
    const { id } = await make({ exclusiveKey: 'vault' })
    await catalog.db.job.update({ where: { id }, data: { cancelRequestedAt: new Date() } })
    expect(await claim()).toMatchObject({ id, cancelRequestedAt: expect.any(Date) })
  })

  it('is not stopped by jobs of a newer version, nor by rules that cannot be read any more', async () => {
    await catalog.db.job.create({ data: { kind: 'from-the-future', state: 'queued', input: {}, actor: {} } })
    await catalog.db.job.create({ data: { kind: 'from-the-future', state: 'running', input: {}, actor: {} } })
    const window = { from: '03:00', to: '03:01', days: [(new Date().getUTCDay() + 3) % 7] }
    const odd = await make({ rules: { window, timeZone: 'Mars/Olympus', retries: null } })
    const job = await make()
    expect(await findDueKinds(catalog.db)).toEqual(['cleanup'])
    expect([(await claimed()).id, (await claimed()).id]).toEqual([odd.id, job.id])
    await refreshWaitReasons(catalog.db)
  })

  it('gives a run that was handed back away again at once, with no attempt used', async () => {
    await make()
    const job = await claimed()
    await finish(job, { type: 'interrupted', handedBack: true })
    expect(await claim()).toMatchObject({ id: job.id, attempt: 1, fence: 2, startAfter: null })
  })

  it('takes jobs from workers that are dead, gone, or do not carry them out, and from no other', async () => {
    const now = await catalogNow(catalog.db)
    const old = new Date(now.getTime() - 31_000)
    const [alive, silent, own] = [await worker(now), await worker(old), await worker(old)]
    const jobs: Record<string, ClaimedJob> = {}
    for (const [name, workerId] of Object.entries({
      alive,
      silent,
      unknown: randomUUID(),
      mine: own,
      forgotten: own,
    })) {
      await make()
      jobs[name] = await claimed(workerId)
    }
    await make()
    const fresh = await claimed(own)
    const begun = { startedAt: new Date(now.getTime() - 30 * hourMs) }
    await catalog.db.job.updateMany({ where: { id: { not: fresh.id } }, data: begun })
    const mine = jobs['mine']?.id ?? ''
    await recoverJobs(ctx, { deadWorkerIds: [], own: { workerId: own, runningJobIds: [mine] }, now })
    const states = await Promise.all(
      Object.entries(jobs).map(async ([name, { id }]) => [name, (await read(id)).state] as const),
    )
    expect(Object.fromEntries(states)).toEqual({
      alive: 'running',
      mine: 'running',
      silent: 'queued',
      unknown: 'queued',
      forgotten: 'queued',
    })
    expect((await read(fresh.id)).state).toBe('running')
  })

  it('has no ceiling for a run: one that began three days ago ends as it should', async () => {
    await make()
    const job = await claimed(await worker(await catalogNow(catalog.db)))
    await catalog.db.job.update({ where: { id: job.id }, data: { startedAt: new Date(Date.now() - 72 * hourMs) } })
    await recoverJobs(ctx, { deadWorkerIds: [], now: await catalogNow(catalog.db) })
    expect(await finish(job, { type: 'succeeded' })).toBe('succeeded')
  })

  it('tells every worker of what may be taken and of what ended, and finds its way back after a broken connection', async () => {
    let heard = 0
    const ear = listen({ url: catalog.url, channel: 'holdfast_job', logger: makeTestLogger() }, () => (heard += 1))
    const hears = async (what: string, act: () => Promise<unknown>) => {
      const before = heard
      await act()
      await waitFor(what, () => Promise.resolve(heard > before))
    }
    try {
      await waitFor('the connection', () => Promise.resolve(heard > 0))
      await hears('a new job', () => make())
      await hears('a job that ended', async () => finish(await claimed(), { type: 'succeeded' }))
      await hears(
        'the connection after it broke',
        () => catalog.db.$executeRaw`
          SELECT pg_terminate_backend(pid) FROM pg_stat_activity
          WHERE datname = current_database() AND query LIKE 'LISTEN%'`,
      )
      await hears('another job', () => make())
    } finally {
      await ear.close()
    }
  })
})
