import { readdir } from 'node:fs/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { startBackup } from '@/lib/services/backup/start-backup'
import { startPostgres, type TestPostgres } from '../../helpers/servers/postgres'
import { processesNaming } from '../../helpers/processes'
import { startProduct, type Product } from '../../helpers/product'
import { waitFor } from '../../helpers/wait-for'

const rows = `CREATE TABLE item AS SELECT id, encode(sha512(id::text::bytea), 'hex') AS text FROM generate_series(1, 200000) AS id`

describe('a worker that dies or stalls', () => {
  let product: Product
  let pg: TestPostgres
  let local: { id: string; folder: string }
  let sourceId: string

  beforeEach(async () => {
    ;[product, pg] = await Promise.all([startProduct(), startPostgres()])
    await pg.sql(rows)
    local = await product.addLocalDestination()
    // About five seconds for this source: long enough to be hit in the middle.
    sourceId = await product.addSource(pg.source(), { compression: 'none', rateLimitBytesPerSecond: 5_000_000 })
  })
  afterEach(async () => {
    await product.close()
    await pg.close()
  })

  const begin = async () => {
    const { jobId } = await startBackup({ ctx: product.ctx, input: { sourceId, destinationIds: [local.id] } })
    return jobId
  }
  const inTheMiddle = (jobId: string) => product.running(jobId, (job) => (job.progress?.doneBytes ?? 0) > 2_000_000)
  const folders = async () =>
    (await readdir(local.folder, { recursive: true })).filter((name) => /\d{8}T\d{6}Z-[0-9a-f-]+$/.test(name)).sort()
  const foldersWithManifest = async () =>
    (await readdir(local.folder, { recursive: true }))
      .filter((name) => name.endsWith('/manifest.json'))
      .map((name) => name.slice(0, -'/manifest.json'.length))
      .sort()
  const sessions = () =>
    pg.sql(
      "SELECT pid FROM pg_stat_activity WHERE application_name LIKE 'holdfast%' OR application_name LIKE 'pg_dump%'",
    )

  it('killed in the middle of a backup leaves one terminal state a run, no leftovers, and the next run succeeds (fault 13, fault 18)', async () => {
    const worker = await product.startWorker()
    const jobId = await begin()
    await inTheMiddle(jobId)
    worker.kill('SIGKILL')
    await worker.exited
    await waitFor('its tools to be gone', () => processesNaming(`PGPORT=${pg.port}`).length === 0, 10_000)
    await waitFor('its sessions to be gone', async () => (await sessions()).length === 0, 10_000)

    await product.startWorker()
    const job = await product.finished(jobId)
    expect(job).toMatchObject({ state: 'succeeded', attempt: 2 })
    const runs = await product.ctx.db.backup.findMany({ where: { jobId }, orderBy: { startedAt: 'asc' } })
    expect(runs.map((run) => run.status)).toEqual(['interrupted', 'succeeded'])
    await waitFor('the leftovers to be removed', async () => (await folders()).length === 1)
    expect(await folders()).toEqual(await foldersWithManifest())
  })

  it('is handed its job back when it is stopped in an orderly way, and that costs no attempt', async () => {
    const worker = await product.startWorker()
    const jobId = await begin()
    await inTheMiddle(jobId)
    expect(await worker.stop()).toBe(0)
    expect(await product.ctx.db.job.findUnique({ where: { id: jobId } })).toMatchObject({ state: 'queued', attempt: 0 })
    expect(await foldersWithManifest()).toEqual([])
    await product.startWorker()
    expect(await product.finished(jobId)).toMatchObject({ state: 'succeeded', attempt: 1 })
  })

  it('may not commit when it was only slow: another worker took the job over (fault 16, fault 17)', async () => {
    const slow = await product.startWorker()
    const jobId = await begin()
    await inTheMiddle(jobId)
    slow.kill('SIGSTOP')
    await product.startWorker()
    expect(await product.finished(jobId, 100_000)).toMatchObject({ state: 'succeeded', attempt: 2 })
    slow.kill('SIGCONT')
    await waitFor('the slow worker to notice', () => slow.output().includes('its job was taken over'))
    const runs = await product.ctx.db.backup.findMany({ where: { jobId }, orderBy: { startedAt: 'asc' } })
    expect(runs.map((run) => run.status)).toEqual(['interrupted', 'succeeded'])
    await waitFor('only the committed folder to remain', async () => (await folders()).length === 1)
    expect(await foldersWithManifest()).toEqual(await folders())
  }, 150_000)
})
