import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startBackup } from '@/lib/services/backup/start-backup'
import { startTcpFaultProxy, type TcpFaultProxy } from '../helpers/faults/fault-proxy-tcp'
import { startPostgres, type TestPostgres } from '../helpers/servers/postgres'
import { processesNaming } from '../helpers/processes'
import { startProduct, type Product, type WorkerProcess } from '../helpers/product'
import { restorableSet, strayObjects } from '../helpers/databases/restorable-set'
import { makeBucket, type TestBucket } from '../helpers/servers/s3'
import { waitFor } from '../helpers/wait-for'

const rows = `CREATE TABLE item AS SELECT id, encode(sha512(id::text::bytea), 'hex') AS text FROM generate_series(1, 60000) AS id`

describe('a catalog that the worker cannot reach or use', () => {
  let product: Product
  let pg: TestPostgres
  let bucket: TestBucket
  let catalog: TcpFaultProxy
  let worker: WorkerProcess
  let sourceId: string
  let destinationIds: string[]

  beforeAll(async () => {
    ;[product, pg, bucket] = await Promise.all([startProduct(), startPostgres(), makeBucket()])
    await pg.sql(rows)
    sourceId = await product.addSource(pg.source(), {
      maxAttempts: 3,
      compression: 'none',
      rateLimitBytesPerSecond: 4_000_000,
    })
    destinationIds = [await product.addDestination(bucket.spec({ lifecycleSafetyNet: false }))]
    const url = new URL(product.url)
    catalog = await startTcpFaultProxy({ host: url.hostname, port: Number(url.port) })
    url.hostname = catalog.host
    url.port = String(catalog.port)
    worker = await product.startWorker({ DATABASE_URL: url.href })
    expect((await product.finished(await begin())).state).toBe('succeeded')
  })
  afterAll(async () => {
    catalog.heal()
    await product.close()
    await catalog.close()
    await pg.close()
    bucket.close()
  })

  const begin = async () => (await startBackup({ ctx: product.ctx, input: { sourceId, destinationIds } })).jobId
  const dumping = () => processesNaming(`PGPORT=${pg.port}`).length > 0
  /** Every run of the job, in the order of their attempts. */
  const runs = (jobId: string) => product.ctx.db.backup.findMany({ where: { jobId }, orderBy: { startedAt: 'asc' } })

  it.each(['reset', 'stall'] as const)(
    'lost in mid-upload (%s): the upload is finished or taken back, and its outcome is recorded later, once (fault 14)',
    async (kind) => {
      const before = await restorableSet(product.ctx)
      const jobId = await begin()
      await product.running(jobId, (job) => (job.progress?.doneBytes ?? 0) > 1_000_000)
      catalog.fail({ fault: { kind: 'refuse' } })
      expect(catalog.breakNow(kind)).toBeGreaterThan(0)
      // Away until the worker has done what it can without: the upload ends by itself.
      await waitFor('the dump to end', () => !dumping())
      const row = await product.ctx.db.job.findUniqueOrThrow({ where: { id: jobId } })
      expect(row.state).toBe('running')
      catalog.heal()

      const job = await product.finished(jobId, 100_000)
      expect(job.state).toBe('succeeded')
      const all = await runs(jobId)
      expect(all.filter((run) => run.status === 'succeeded')).toHaveLength(1)
      expect(all.filter((run) => run.status === 'running')).toHaveLength(0)
      const after = await restorableSet(product.ctx)
      expect(after).toHaveLength(before.length + 1)
      expect(after).toEqual(expect.arrayContaining(before))
      await waitFor('whole backups only', async () => (await strayObjects(product.ctx)).length === 0)
      expect(await bucket.uploads()).toEqual([])
    },
    150_000,
  )

  it('that refuses to give a job away, for another reason than that it is held, is no permission to go on (fault 19)', async () => {
    const before = await restorableSet(product.ctx)
    await product.ctx.db.$executeRawUnsafe(`CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS
      $$ BEGIN RAISE EXCEPTION 'could not write: permission denied'; END $$`)
    await product.ctx.db.$executeRawUnsafe(
      'CREATE TRIGGER refuse BEFORE UPDATE ON job FOR EACH ROW WHEN (NEW.fence > OLD.fence) EXECUTE FUNCTION refuse()',
    )
    const jobId = await begin()
    await waitFor('the worker to be refused', () => worker.output().includes('permission denied'))
    expect(dumping()).toBe(false)
    expect(await runs(jobId)).toEqual([])
    expect(await restorableSet(product.ctx)).toEqual(before)
    await product.ctx.db.$executeRawUnsafe('DROP TRIGGER refuse ON job')
    expect(await product.finished(jobId, 100_000)).toMatchObject({ state: 'succeeded' })
    expect(await runs(jobId)).toHaveLength(1)
  }, 150_000)
})
