import { execFileSync } from 'node:child_process'
import { open, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { ListObjectVersionsCommand, PutObjectLegalHoldCommand } from '@aws-sdk/client-s3'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { jobStateSchema } from '@/lib/contracts/common'
import { isTerminal } from '@/lib/core/job/transition'
import { startBackup } from '@/lib/services/backup/start-backup'
import { startCleanup } from '@/lib/services/cleanup/start-cleanup'
import { startRestoreTest } from '@/lib/services/restore-test/start-restore-test'
import { startRestore } from '@/lib/services/restore/start-restore'
import { deleteAtOnce } from '../helpers/faults/delete-at-once'
import { startFaultProxy, type FaultProxy } from '../helpers/faults/fault-proxy'
import { startPostgres, type TestPostgres } from '../helpers/servers/postgres'
import { startProduct, type Product } from '../helpers/product'
import { restorableSet, strayObjects } from '../helpers/databases/restorable-set'
import { makeBucket, type TestBucket } from '../helpers/servers/s3'
import { testS3 } from '../helpers/servers/servers'
import { waitFor } from '../helpers/wait-for'

const bin = '/usr/lib/postgresql/15/bin'

describe('what is stored, and who may not delete it', () => {
  let product: Product
  let pg: TestPostgres
  let sourceId: string

  beforeAll(async () => {
    ;[product, pg] = await Promise.all([startProduct(), startPostgres()])
    await pg.sql(`CREATE TABLE item AS SELECT id, md5(id::text) AS text FROM generate_series(1, 5000) AS id`)
    sourceId = await product.addSource(pg.source(), { maxAttempts: 1 })
    await product.startWorker()
  })
  afterAll(async () => {
    await product.close()
    await pg.close()
  })

  const back = async (destinationIds: string[], id = sourceId) => {
    const { jobId } = await startBackup({ ctx: product.ctx, input: { sourceId: id, destinationIds } })
    return product.finished(jobId)
  }
  const whole = async (destinationIds: string[]) => {
    const job = await back(destinationIds)
    expect(job.state).toBe('succeeded')
    return job.backupId ?? ''
  }
  const restore = async (backupId: string, database: string) => {
    const target = { database, owners: 'keep' as const }
    return product.finished((await startRestore({ ctx: product.ctx, input: { backupId, target } })).jobId)
  }
  const cleanUp = async () => product.finished((await startCleanup({ ctx: product.ctx })).jobId)
  const linesOf = async (backupId: string) =>
    (await restorableSet(product.ctx)).filter((line) => line.startsWith(backupId)).map((line) => line.split('@')[1])

  it('a damaged manifest: the other copy is used, and when both are damaged that is said (fault 40)', async () => {
    const copies = [await product.addLocalDestination('north'), await product.addLocalDestination('south')]
    const backupId = await whole(copies.map((copy) => copy.id))
    const manifests = await Promise.all(
      copies.map(async ({ folder }) => {
        const files = await readdir(folder, { recursive: true })
        return path.join(folder, files.find((file) => file.endsWith('manifest.json')) ?? '')
      }),
    )
    const sound = await readFile(manifests[0] ?? '')
    const changed = Buffer.from(sound.toString('utf8').replace('"sourceBytes"', '"sourceByte5"'))
    await writeFile(manifests[0] ?? '', changed)
    expect(await linesOf(backupId)).toEqual(['north: object-damaged', 'south'])
    expect(await restore(backupId, 'from_south')).toMatchObject({ state: 'succeeded' })

    await writeFile(manifests[1] ?? '', changed.subarray(0, 100))
    const failed = await restore(backupId, 'from_none')
    expect(failed).toMatchObject({ state: 'failed', error: { code: 'no-copy' } })
    expect(failed.error?.message).toMatch(/north.*south/s)
    const { jobId } = await startRestoreTest({ ctx: product.ctx, input: { backupId, level: 'quick' } })
    expect(await product.finished(jobId)).toMatchObject({ state: 'failed', error: { code: 'restore-test-failed' } })
    expect(await product.ctx.db.backup.findUnique({ where: { id: backupId } })).toMatchObject({ verified: 'broken' })
    for (const manifest of manifests) await rm(manifest)
  })

  it('a bad page of the source fails the new backup and takes no older one with it (fault 41)', async () => {
    const damaged = await startPostgres()
    try {
      await damaged.stop()
      const asOwner = process.getuid?.() === 0 ? ['runuser', '-u', 'postgres', '--'] : []
      const [program = '', ...args] = [...asOwner, `${bin}/pg_checksums`, '--enable', '-D', damaged.dataDir]
      execFileSync(program, args, { stdio: 'pipe' })
      await damaged.start()
      await damaged.sql('CREATE TABLE item AS SELECT id FROM generate_series(1, 5000) AS id; CHECKPOINT')
      const [row] = await damaged.sql("SELECT pg_relation_filepath('item') AS file")
      const id = await product.addSource(damaged.source(), { maxAttempts: 1 })
      const local = await product.addLocalDestination('before the damage')
      expect(await back([local.id], id)).toMatchObject({ state: 'succeeded' })
      const before = await restorableSet(product.ctx)

      await damaged.stop()
      const file = await open(path.join(damaged.dataDir, String(row?.['file'])), 'r+')
      await file.write(Buffer.from([0xff]), 0, 1, 8192 + 4000)
      await file.close()
      await damaged.start()
      const job = await back([local.id], id)
      expect(job).toMatchObject({ state: 'failed', error: { code: 'value-unreadable' } })
      expect(job.error?.message).toMatch(/^Table item holds a value that cannot be read: invalid page in block 1/)
      expect(await restorableSet(product.ctx)).toEqual(before)
    } finally {
      await damaged.close()
    }
  })

  describe('in a bucket', () => {
    let bucket: TestBucket
    let proxy: FaultProxy
    let s3: string

    beforeAll(async () => {
      ;[bucket, proxy] = await Promise.all([makeBucket({ objectLock: true }), startFaultProxy(testS3().endpoint)])
      s3 = await product.addDestination(bucket.spec({ endpoint: proxy.endpoint, lifecycleSafetyNet: false }), 'locked')
    })
    afterAll(async () => {
      await proxy.close()
      bucket.close()
    })

    it('an object under legal hold outlives the deletion of its backup, and nothing half remains listed (fault 36)', async () => {
      const doomed = await whole([s3])
      const held = (await bucket.names()).find((name) => name.includes(doomed) && name.includes('archive')) ?? ''
      await bucket.client.send(
        new PutObjectLegalHoldCommand({ Bucket: bucket.name, Key: held, LegalHold: { Status: 'ON' } }),
      )
      const kept = await whole([s3])
      await deleteAtOnce(product.ctx, doomed)
      const left = async () => (await strayObjects(product.ctx)).filter((name) => name.startsWith('locked/'))
      await waitFor('the deletion', async () => (await left()).length === 0)
      expect(await linesOf(kept)).toEqual(['locked'])
      const versions = await bucket.client.send(new ListObjectVersionsCommand({ Bucket: bucket.name, Prefix: held }))
      expect(versions.Versions).toHaveLength(1)
    })

    it('a store that refuses to delete is reported, backups go on, and the next clean-up ends it (fault 37)', async () => {
      const doomed = await whole([s3])
      proxy.fail({ on: 'DeleteObject', fault: { kind: 'answer', status: 403, code: 'AccessDenied' } })
      await deleteAtOnce(product.ctx, doomed)
      const kept = await whole([s3])
      const refused = await cleanUp()
      expect(refused).toMatchObject({ state: 'partial', error: { code: 'cleanup-incomplete' } })
      expect(refused.error?.message).toContain('locked')
      // Refused for the manifest, which goes first: the folder is as whole as it was.
      expect((await bucket.names()).filter((name) => name.includes(doomed)).length).toBeGreaterThanOrEqual(4)
      proxy.heal()
      expect(await cleanUp()).toMatchObject({ state: 'succeeded' })
      expect((await bucket.names()).filter((name) => name.includes(doomed))).toEqual([])
      expect(await linesOf(kept)).toEqual(['locked'])
    })
  })

  it('sixteen backups that are due at once run a few at a time, and none is left out (fault 88)', async () => {
    const { ctx } = product
    const local = await product.addLocalDestination('rush')
    const sources = await Promise.all(Array.from({ length: 16 }, () => product.addSource(pg.source())))
    const jobs = await Promise.all(
      sources.map(async (id) => startBackup({ ctx, input: { sourceId: id, destinationIds: [local.id] } })),
    )
    const ids = jobs.map((job) => job.jobId)
    let most = 0
    await waitFor('all of them', async () => {
      const rows = await ctx.db.job.findMany({ where: { id: { in: ids } }, select: { state: true } })
      most = Math.max(most, rows.filter((row) => row.state === 'running').length)
      return rows.every((row) => isTerminal(jobStateSchema.parse(row.state)))
    })
    expect(most).toBe(2)
    expect(await ctx.db.backup.count({ where: { sourceId: { in: sources }, status: 'succeeded' } })).toBe(16)
  }, 90_000)
})
