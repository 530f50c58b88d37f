import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Job } from '@/lib/contracts/job'
import type { RestoreTestLevel } from '@/lib/contracts/schedule'
import { startBackup } from '@/lib/services/backup/start-backup'
import { startRestoreTest } from '@/lib/services/restore-test/start-restore-test'
import { startRestore } from '@/lib/services/restore/start-restore'
import { deleteAtOnce } from '../helpers/faults/delete-at-once'
import { type Fault, type FaultProxy, type S3Operation, startFaultProxy } from '../helpers/faults/fault-proxy'
import { contentDigest } from '../helpers/databases/postgres-content'
import { startPostgres, type TestPostgres } from '../helpers/servers/postgres'
import { startProduct, type Product } from '../helpers/product'
import { restorableSet, strayObjects } from '../helpers/databases/restorable-set'
import { makeBucket, type TestBucket } from '../helpers/servers/s3'
import { testS3 } from '../helpers/servers/servers'
import { waitFor } from '../helpers/wait-for'

/** Does not compress below the size of a first part, so that uploads are of several parts. */
const rows = `CREATE TABLE item AS SELECT id, encode(sha512(id::text::bytea), 'hex') AS text FROM generate_series(1, 150000) AS id`
const internalError = '<?xml version="1.0"?><Error><Code>InternalError</Code><Message>x</Message></Error>'
const answer = (status: number, code: string): Fault => ({ kind: 'answer', status, code })

/** What breaks: which request, how often, and only of objects whose name ends so. */
interface Case {
  on: S3Operation
  fault: Fault
  times?: number
  name?: string
}

describe('a store that breaks requests of the worker', () => {
  let product: Product
  let pg: TestPostgres
  let bucket: TestBucket
  let proxy: FaultProxy
  let sourceId: string
  let destination: string
  let first: Job

  beforeAll(async () => {
    ;[product, pg, bucket, proxy] = await Promise.all([
      startProduct(),
      startPostgres(),
      makeBucket(),
      startFaultProxy(testS3().endpoint),
    ])
    await pg.sql(rows)
    sourceId = await product.addSource(pg.source(), { maxAttempts: 1 })
    destination = await product.addDestination(bucket.spec({ endpoint: proxy.endpoint, lifecycleSafetyNet: false }))
    await product.startWorker()
    first = await back()
    expect(first.state).toBe('succeeded')
  })
  afterAll(async () => {
    await product.close()
    await proxy.close()
    await pg.close()
    bucket.close()
  })

  const back = async () => {
    const { jobId } = await startBackup({ ctx: product.ctx, input: { sourceId, destinationIds: [destination] } })
    return product.finished(jobId)
  }
  const breaking = ({ on, fault, times, name }: Case) =>
    proxy.fail({
      on,
      fault,
      ...(times === undefined ? {} : { times }),
      ...(name === undefined ? {} : { when: (path: string) => path.split('?')[0]?.endsWith(name) ?? false }),
    })
  const nothingLoose = async () => {
    await waitFor('the store to hold whole backups only', async () => (await strayObjects(product.ctx)).length === 0)
    expect(await bucket.uploads()).toEqual([])
  }

  it.each<[string, Case]>([
    ['refuses a part (fault 25)', { on: 'UploadPart', fault: { kind: 'refuse' }, times: 2 }],
    [
      'resets the connection in a part (fault 25)',
      { on: 'UploadPart', fault: { kind: 'reset', afterRequestBytes: 1e6 }, times: 2 },
    ],
    ['is overloaded (fault 25)', { on: 'CreateMultipartUpload', fault: answer(503, 'SlowDown'), times: 2 }],
    ['takes a part slowly', { on: 'UploadPart', fault: { kind: 'slow', bytesPerSecond: 8e6 }, times: 1 }],
    [
      'gets a changed byte in a part (fault 29)',
      { on: 'UploadPart', fault: { kind: 'flip-request-byte', at: 5_000 }, times: 1 },
    ],
    [
      'loses the answer to the end of the upload (fault 28)',
      { on: 'CompleteMultipartUpload', fault: { kind: 'drop-answer' }, times: 1 },
    ],
    [
      'answers 200 with an error to the end of the upload, once (fault 27)',
      { on: 'CompleteMultipartUpload', fault: { kind: 'replace-answer', status: 200, body: internalError }, times: 1 },
    ],
    [
      'loses the answer to the manifest (fault 28)',
      { on: 'PutObject', fault: { kind: 'drop-answer' }, times: 1, name: 'manifest.json' },
    ],
  ])('%s: the backup is whole, there is one of it, and the older ones are untouched', async (_, broken) => {
    const before = await restorableSet(product.ctx)
    breaking(broken)
    const job = await back()
    proxy.heal()
    expect(job).toMatchObject({ state: 'succeeded', attempt: 1 })
    const after = await restorableSet(product.ctx)
    expect(after.filter((line) => !before.includes(line))).toEqual([expect.stringMatching(`^${job.backupId}@[^:]*$`)])
    expect(after).toEqual(expect.arrayContaining(before))
    // Reading all of them again and again would take longer than the faults.
    await deleteAtOnce(product.ctx, job.backupId ?? '')
    await nothingLoose()
  })

  it.each<[string, Case, string]>([
    ['has no room left (fault 31)', { on: 'UploadPart', fault: answer(507, 'QuotaExceeded') }, 'storage-full'],
    [
      'refuses the key in mid-upload (fault 31)',
      { on: 'UploadPart', fault: answer(403, 'ExpiredToken') },
      'storage-denied',
    ],
    [
      'resets every part (fault 25)',
      { on: 'UploadPart', fault: { kind: 'reset', afterRequestBytes: 1e5 } },
      'storage-unreachable',
    ],
    [
      'does not take the manifest',
      { on: 'PutObject', fault: answer(403, 'AccessDenied'), name: 'manifest.json' },
      'storage-denied',
    ],
  ])('%s: the backup fails, says why, and what could be restored still can', async (_, broken, code) => {
    const before = await restorableSet(product.ctx)
    breaking(broken)
    const job = await back()
    proxy.heal()
    expect(job).toMatchObject({ state: 'failed', error: { code } })
    expect(await restorableSet(product.ctx)).toEqual(before)
    // What could not be removed while the store was broken goes with the next run's clean-up.
    await nothingLoose()
  })

  describe('while it is read', () => {
    const content = async (database: string) => contentDigest(await pg.connect(database))
    const test = async (level: RestoreTestLevel = 'quick') => {
      const { jobId } = await startRestoreTest({ ctx: product.ctx, input: { backupId: first.backupId ?? '', level } })
      return product.finished(jobId)
    }
    const restore = async (database: string) => {
      const { jobId } = await startRestore({
        ctx: product.ctx,
        input: { backupId: first.backupId ?? '', target: { database, owners: 'keep' } },
      })
      return product.finished(jobId)
    }

    it.each<[string, Fault]>([
      ['is cut', { kind: 'cut-body', bytes: 1_000_000 }],
      ['ends early but properly', { kind: 'short-body', bytes: 1_000_000 }],
      ['is an error', answer(500, 'InternalError')],
    ])('an answer that %s is asked for again, and the restored rows are equal (fault 30)', async (word, fault) => {
      const database = `restored_${word.replaceAll(/\W/g, '')}`
      breaking({ on: 'GetObject', fault, times: 1, name: '.zst.age' })
      expect((await restore(database)).error).toBeUndefined()
      proxy.heal()
      expect(await content(database)).toEqual(await content('postgres'))
    })

    it('a store that cannot be asked leaves the test undecided, never passed, and no copy is given up', async () => {
      const before = await restorableSet(product.ctx)
      breaking({ on: 'GetObject', fault: answer(403, 'AccessDenied') })
      expect(await test()).toMatchObject({ state: 'failed', error: { code: 'restore-test-inconclusive' } })
      proxy.heal()
      expect(await restorableSet(product.ctx)).toEqual(before)
    })

    it('bytes that are changed on the way are found by a test, and by a restore before it creates anything (fault 38)', async () => {
      const before = await restorableSet(product.ctx)
      breaking({ on: 'GetObject', fault: { kind: 'flip-byte', at: 400_000 }, name: '.zst.age' })
      expect(await restore('never')).toMatchObject({ state: 'failed', error: { code: 'object-damaged' } })
      expect(await pg.sql("SELECT datname FROM pg_database WHERE datname LIKE 'never%'")).toEqual([])
      expect(await test()).toMatchObject({ state: 'failed', error: { code: 'restore-test-failed' } })
      proxy.heal()
      expect(await restorableSet(product.ctx)).toEqual([])
      // The store itself was sound all the time: a test that reads it well, and one that restores it, say so.
      expect(await test('quick')).toMatchObject({ state: 'succeeded' })
      expect(await test('standard')).toMatchObject({ state: 'succeeded' })
      expect(await restorableSet(product.ctx)).toEqual(before)
    })
  })
})
