import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { updateOperations } from '@/lib/services/operations/update-operations'
import { startProduct, type Product } from '../helpers/product'
import { waitFor } from '../helpers/wait-for'

const schedules = 1_000
const hosts = 20
const limits = { global: 10, perHost: 2, perDestination: 4 }
const minuteMs = 60_000

interface Run {
  begun: Date
  ended: Date
  worker: string
  jobId: string
  host: string
  destinationIds: string[]
}

/** The most that ever ran at the same instant. */
function mostAtOnce(runs: Run[]): number {
  const steps = runs
    .flatMap((run) => [
      { at: run.begun.getTime(), by: 1 },
      { at: run.ended.getTime(), by: -1 },
    ])
    // One that ends in the millisecond in which another begins made room for it.
    .sort((a, b) => a.at - b.at || a.by - b.by)
  let now = 0
  return steps.reduce((most, { by }) => Math.max(most, (now += by)), 0)
}

describe('a thousand schedules due in the same minute, with three worker processes', () => {
  let product: Product
  let dueAt: Date
  let destinationIds: string[]

  beforeAll(async () => {
    product = await startProduct({ tasks: 'test/fixtures/storm-tasks.ts' })
    const { db } = product.ctx
    await db.$executeRawUnsafe(
      `CREATE TABLE storm_run (id serial PRIMARY KEY, job_id uuid, worker_id uuid, begun_at timestamptz, ended_at timestamptz)`,
    )
    await updateOperations({ ctx: product.ctx, input: { limits } })
    const destinations = await Promise.all(Array.from({ length: 5 }, () => product.addLocalDestination()))
    destinationIds = destinations.map(({ id }) => id)
    const sourceIds = Array.from({ length: schedules }, () => randomUUID())
    await db.source.createMany({
      data: sourceIds.map((id, index) => ({
        id,
        name: `source ${index}`,
        engine: 'postgres',
        connection: { host: `db${index % hosts}`, port: 5432, database: 'x', user: 'x', ssl: 'prefer' },
        options: {},
      })),
    })
    // Due a moment ago, so that the first tick of each of the three finds all of them.
    dueAt = new Date(Math.floor(Date.now() / minuteMs) * minuteMs)
    const cron = `${dueAt.getUTCMinutes()} ${dueAt.getUTCHours()} ${dueAt.getUTCDate()} ${dueAt.getUTCMonth() + 1} *`
    await db.schedule.createMany({
      data: sourceIds.map((sourceId, index) => ({
        sourceId,
        action: 'backup',
        cron,
        timeZone: 'UTC',
        destinationIds: [
          destinationIds[index % 5] ?? '',
          ...(index % 10 === 0 ? [destinationIds[(index + 1) % 5] ?? ''] : []),
        ],
        options: {},
        evaluatedUntil: new Date(dueAt.getTime() - 1_000),
      })),
    })
  })
  afterAll(() => product.close())

  it('run each once, none lost, none twice, and the limits hold at every instant (fault 15) (fault 88)', async () => {
    const { db } = product.ctx
    const workers = await Promise.all([1, 2, 3].map(() => product.startWorker({ HOLDFAST_BACKUP_CONCURRENCY: '5' })))
    let sawReason = false
    await waitFor(
      'a thousand runs',
      async () => {
        const waiting = await db.job.findFirst({ where: { state: 'queued', waitReason: { not: null } } })
        sawReason ||= /at once/.test(waiting?.waitReason ?? '')
        return (await db.job.count({ where: { kind: 'backup', state: 'succeeded' } })) >= schedules
      },
      500_000,
    )
    for (const worker of workers) await worker.stop()

    const jobs = await db.job.findMany({ where: { kind: 'backup' } })
    expect(jobs).toHaveLength(schedules)
    expect(new Set(jobs.map(({ scheduleId }) => scheduleId)).size).toBe(schedules)
    for (const job of jobs) {
      expect(job).toMatchObject({ state: 'succeeded', attempt: 1, dueAt, waitReason: null, startAfter: null })
    }

    const runs = await db.$queryRaw<Run[]>`
      SELECT begun_at AS begun, ended_at AS ended, storm_run.worker_id::text AS worker, job_id::text AS "jobId", host,
        destination_ids::text[] AS "destinationIds"
      FROM storm_run JOIN job ON job.id = storm_run.job_id WHERE job.kind = 'backup'`
    expect(runs).toHaveLength(schedules)
    expect(new Set(runs.map(({ jobId }) => jobId)).size).toBe(schedules)
    expect(runs.every(({ ended }) => ended !== null)).toBe(true)

    expect(mostAtOnce(runs)).toBeLessThanOrEqual(limits.global)
    for (let host = 0; host < hosts; host += 1) {
      expect(mostAtOnce(runs.filter((run) => run.host === `db${host}`))).toBeLessThanOrEqual(limits.perHost)
    }
    for (const id of destinationIds) {
      const there = runs.filter((run) => run.destinationIds.includes(id))
      expect(mostAtOnce(there)).toBeLessThanOrEqual(limits.perDestination)
    }
    // They ran side by side, on all three, and the limits held some of them back.
    expect(mostAtOnce(runs)).toBeGreaterThan(1)
    expect(new Set(runs.map(({ worker }) => worker)).size).toBe(3)
    expect(sawReason).toBe(true)
  }, 600_000)
})
