import { createHash } from 'node:crypto'
import { rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { buffer } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { getBackup } from '@/lib/services/backup/get-backup'
import { startBackup } from '@/lib/services/backup/start-backup'
import { destinationSpec } from '@/lib/services/destination/destination-spec'
import { cancelJob } from '@/lib/services/job/cancel-job'
import { watchLateCopies } from '@/lib/services/watch/watch-late-copies'
import { watchSources } from '@/lib/services/watch/watch-sources'
import { getStatus } from '@/lib/services/status/get-status'
import { startFaultProxy, type FaultProxy } from '../helpers/faults/fault-proxy'
import { startPostgres, type TestPostgres } from '../helpers/servers/postgres'
import { startProduct, type Product, type WorkerProcess } from '../helpers/product'
import { restorableSet, strayObjects } from '../helpers/databases/restorable-set'
import { makeTestRun } from '../helpers/run-context'
import { makeBucket, type TestBucket } from '../helpers/servers/s3'
import { testS3 } from '../helpers/servers/servers'
import { waitFor } from '../helpers/wait-for'

/** Hashes do not compress, so what is stored is about what is asked for; two tables, for two streams. */
const table = (
  name: string,
) => `CREATE TABLE ${name} AS SELECT id, (SELECT string_agg(sha512((id * 8 + n)::text::bytea), '')
  FROM generate_series(1, 8) AS n) AS bytes FROM generate_series(1, 110000) AS id`

/** Of each part of an upload; a store with four of them under way takes a good half megabyte a second. */
const slow = { kind: 'slow', bytesPerSecond: 150_000 } as const
const partsAtOnce = 4

describe('a backup to a fast folder and to an S3 server that is far too slow', () => {
  let product: Product
  let pg: TestPostgres
  let bucket: TestBucket
  let proxy: FaultProxy
  let worker: WorkerProcess
  let sourceId: string
  let fast: { id: string; folder: string }
  let far: string
  let gate: string

  beforeAll(async () => {
    ;[product, pg, bucket, proxy] = await Promise.all([
      startProduct({ tasks: 'test/fixtures/hasty-tasks.ts' }),
      startPostgres(),
      makeBucket(),
      startFaultProxy(testS3().endpoint),
    ])
    await pg.sql(`${table('one')}; ${table('two')}; ANALYZE`)
    gate = path.join(product.home, 'copies-may-begin')
    fast = await product.addLocalDestination('fast')
    far = await product.addDestination(bucket.spec({ endpoint: proxy.endpoint, lifecycleSafetyNet: false }), 'far')
    sourceId = await product.addSource(pg.source(), { maxAttempts: 1, parallelism: 2 })
    worker = await startWorker()
  }, 120_000)
  afterAll(async () => {
    await product?.close()
    await proxy?.close()
    await pg?.close()
    bucket?.close()
  })

  const startWorker = () => product.startWorker({ HOLDFAST_TEST_COPY_GATE: gate })
  const start = async () => {
    const input = { sourceId, destinationIds: [fast.id, far] }
    return (await startBackup({ ctx: product.ctx, input })).jobId
  }
  const look = async (backupId: string) => {
    const backup = await getBackup({ ctx: product.ctx, input: { id: backupId } })
    const copies = Object.fromEntries(backup.copies.map((copy) => [copy.destinationName, copy]))
    return { backup, fast: copies['fast'], far: copies['far'] }
  }
  const copyJob = (backupId: string) => product.ctx.db.job.findFirstOrThrow({ where: { kind: 'copy', backupId } })
  const alerts = () => product.ctx.db.alert.findMany({ where: { event: { in: ['backup-partial', 'copies-missing'] } } })
  /** Clients of the source that keep old rows from being removed; the server's own autovacuum is none of them. */
  const heldSnapshots = () =>
    pg.sql(`SELECT application_name, state, query FROM pg_stat_activity
      WHERE backend_type = 'client backend' AND (backend_xmin IS NOT NULL OR backend_xid IS NOT NULL)
        AND pid <> pg_backend_pid()`)
  /** Every object of a copy by its name, as a hash of its bytes. */
  const objectsOf = async (destinationId: string, folder: string) => {
    const row = await product.ctx.db.destination.findUniqueOrThrow({ where: { id: destinationId } })
    const storage = product.ctx.openStorage(await destinationSpec(product.ctx, row))
    const hashes: Record<string, string> = {}
    try {
      for await (const { key } of storage.list(folder, makeTestRun())) {
        const bytes = await buffer(await storage.get(key, null, makeTestRun()))
        hashes[path.basename(key)] = createHash('sha256').update(bytes).digest('hex')
      }
    } finally {
      await storage.close()
    }
    return hashes
  }
  let first: string
  /** Time passes day by day: no alert is raised before a copy is late, and then only one. */
  const tellsWhenLate = async () => {
    const { ctx } = product
    const options = { copyRule: { copies: 2, otherSites: 0 }, parallelism: 2 }
    await ctx.db.source.update({ where: { id: sourceId }, data: { options } })
    const watch = async (hours: number) => {
      const now = new Date(Date.now() + hours * 3_600_000)
      await watchSources({ ctx, now })
      await watchLateCopies({ ctx, now })
      return (await alerts()).map(({ event, body, count }) => ({ event, body, count }))
    }
    expect(await watch(0)).toEqual([])
    expect(await watch(23)).toEqual([])
    const late = { event: 'backup-partial', body: expect.stringContaining('still to be copied to far'), count: 1 }
    expect(await watch(25)).toEqual(
      expect.arrayContaining([late, expect.objectContaining({ event: 'copies-missing' })]),
    )
    expect((await watch(26)).filter(({ event }) => event === 'backup-partial')).toEqual([late])
  }

  it('is committed long before the slow one could have taken it, and lets go of the source (fault 111)', async () => {
    proxy.fail({ on: 'UploadPart', fault: slow })
    const jobId = await start()
    const job = await product.finished(jobId, 100_000)
    expect(job).toMatchObject({ state: 'partial', error: { code: 'copy-behind' } })
    first = job.backupId ?? ''
    const { backup, ...copies } = await look(first)
    expect(backup).toMatchObject({ status: 'partial', error: { message: expect.stringContaining('copied to far') } })
    expect(copies.fast).toMatchObject({ state: 'stored', error: null })
    expect(copies.far).toMatchObject({ storedBytes: 0, attempts: 0, error: { code: 'copy-behind' } })
    expect(['pending', 'uploading']).toContain(copies.far?.state)
    // With it, it would have taken at least this long.
    const couldHaveTakenMs = (backup.storedBytes / (slow.bytesPerSecond * partsAtOnce)) * 1_000
    expect(backup.durationMs).toBeLessThan(couldHaveTakenMs / 2)
    expect(await heldSnapshots()).toEqual([])
    expect(await restorableSet(product.ctx)).toEqual([`${first}@fast`])
  }, 120_000)

  it('says how slow it was, in the log and on the copy', async () => {
    const { backup, far } = await look(first)
    const told = /far is too slow to keep up: it takes [\d.]+ [kM]B\/s while the backup runs at [\d.]+ MB\/s without it/
    expect(far?.error?.message).toMatch(told)
    expect(backup.log).toMatch(told)
  })

  it('is neither green nor an alert while its copy is still to come', async () => {
    const { reasons } = await getStatus({ ctx: product.ctx })
    const missing = reasons.filter(({ code }) => code === 'copy-missing')
    expect(missing).toMatchObject([
      { level: 'degraded', message: expect.stringContaining('still to be copied to far') },
    ])
    expect(await alerts()).toEqual([])
  })

  it('leaves nothing of what the slow one was sent: no object of any part, no unfinished upload', async () => {
    const { backup } = await look(first)
    expect(Object.keys(await objectsOf(fast.id, backup.repositoryPath)).toSorted()).toEqual([
      'RESTORE.md',
      'archive.dump.zst.age',
      'data-1.dump.zst.age',
      'globals.sql.zst.age',
      'identity.age',
      'manifest.json',
      'manifest.sig.json',
    ])
    expect(await objectsOf(far, backup.repositoryPath)).toEqual({})
    expect(await bucket.uploads()).toEqual([])
    expect(proxy.count('UploadPart')).toBeGreaterThan(0)
    expect(await strayObjects(product.ctx)).toEqual([])
  })

  it('is copied by another worker when the first is killed before its copy job did anything (fault 13)', async () => {
    await waitFor('the copy job to run', async () => (await copyJob(first)).state === 'running')
    worker.kill('SIGKILL')
    await worker.exited
    expect((await copyJob(first)).state).toBe('running')
    worker = await startWorker()
    await waitFor('its copy job to be taken over', async () => {
      const job = await copyJob(first)
      return job.attempt === 2 && job.state === 'running'
    })
    expect((await look(first)).far).toMatchObject({ state: 'pending', error: { code: 'copy-behind' } })
    expect(await alerts()).toEqual([])
    await tellsWhenLate()
    proxy.heal()
    await writeFile(gate, '')
    expect(await product.finished((await copyJob(first)).id, 100_000)).toMatchObject({ state: 'succeeded' })
    const { backup, far: copy } = await look(first)
    expect(backup).toMatchObject({ status: 'succeeded', error: null })
    expect(copy).toMatchObject({ state: 'stored', error: null, storedBytes: backup.storedBytes })
    expect(await objectsOf(far, backup.repositoryPath)).toEqual(await objectsOf(fast.id, backup.repositoryPath))
    expect(await restorableSet(product.ctx)).toEqual([`${first}@far`, `${first}@fast`].toSorted())
    expect(await bucket.uploads()).toEqual([])
    // The worker looks every minute; here nobody waits for that.
    await watchSources({ ctx: product.ctx, now: new Date() })
    expect((await alerts()).filter(({ resolvedAt }) => resolvedAt === null)).toEqual([])
  }, 150_000)

  it('that is cancelled after it was detached leaves nothing anywhere (fault 11)', async () => {
    proxy.fail({ on: 'UploadPart', fault: slow })
    const jobId = await start()
    const running = await product.running(jobId, ({ progress }) =>
      (progress?.phase ?? '').endsWith('too slow and copied afterwards: far'),
    )
    const backupId = running.backupId ?? ''
    expect((await look(backupId)).far).toMatchObject({ state: 'pending', error: { code: 'copy-behind' } })
    await cancelJob({ ctx: product.ctx, input: { id: jobId } })
    expect(await product.finished(jobId)).toMatchObject({ state: 'cancelled' })
    const { backup, ...copies } = await look(backupId)
    expect([copies.fast?.state, copies.far?.state]).toEqual(['failed', 'failed'])
    expect(await product.ctx.db.job.count({ where: { kind: 'copy', backupId: backup.id } })).toBe(0)
    await waitFor('what it stored to be removed', async () => (await strayObjects(product.ctx)).length === 0)
    expect(await bucket.uploads()).toEqual([])
    expect(await heldSnapshots()).toEqual([])
  }, 120_000)

  it('fails when the only one that kept up fails afterwards, and leaves nothing half', async () => {
    const jobId = await start()
    const running = await product.running(jobId, ({ progress }) => (progress?.phase ?? '').includes('too slow'))
    await rm(path.join(fast.folder, 'holdfast'), { recursive: true })
    expect(await product.finished(jobId)).toMatchObject({ state: 'failed', error: { code: 'object-not-found' } })
    const { backup, ...copies } = await look(running.backupId ?? '')
    expect([backup.status, copies.fast?.state, copies.far?.state]).toEqual(['failed', 'failed', 'failed'])
    await waitFor('what it stored to be removed', async () => (await strayObjects(product.ctx)).length === 0)
    expect(await bucket.uploads()).toEqual([])
  }, 120_000)

  it('waits for the slow one where it was asked to, and lets go of the source as soon as it has read it', async () => {
    proxy.heal()
    proxy.fail({ on: 'UploadPart', fault: { kind: 'slow', bytesPerSecond: 2_000_000 } })
    await rm(gate)
    await product.ctx.db.destination.update({ where: { id: far }, data: { options: { alwaysWait: true } } })
    const jobId = await start()
    const { sourceBytes } = (await look(first)).backup
    await product.running(jobId, ({ progress }) => (progress?.doneBytes ?? 0) >= sourceBytes)
    await waitFor('the source to be let go of', async () => (await heldSnapshots()).length === 0)
    // And the store has not all of it yet.
    expect(await product.ctx.db.job.findUnique({ where: { id: jobId } })).toMatchObject({ state: 'running' })
    expect(await bucket.uploads()).not.toEqual([])
    expect(await product.finished(jobId, 100_000)).toMatchObject({ state: 'succeeded' })
  }, 150_000)
})
