import { createHash } from 'node:crypto'
import { rm } from 'node:fs/promises'
import path from 'node:path'
import { buffer } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { HoldfastError } from '@/lib/core/holdfast-error'
import { getBackup } from '@/lib/services/backup/get-backup'
import { startBackup } from '@/lib/services/backup/start-backup'
import { startCopy } from '@/lib/services/copy/start-copy'
import { destinationSpec } from '@/lib/services/destination/destination-spec'
import { startRestore } from '@/lib/services/restore/start-restore'
import { getStatus } from '@/lib/services/status/get-status'
import { startPostgres, type TestPostgres } from '../helpers/servers/postgres'
import { contentDigest } from '../helpers/databases/postgres-content'
import { startProduct, type Product } from '../helpers/product'
import { restorableSet } from '../helpers/databases/restorable-set'
import { makeTestRun } from '../helpers/run-context'
import { makeBucket, type TestBucket } from '../helpers/servers/s3'
import { startS3Gateway, type S3Gateway } from '../helpers/servers/s3-gateway'
import { waitFor } from '../helpers/wait-for'

/** Hashes do not compress: what is dumped is about what is stored, and an upload is of several parts. */
const rows = `CREATE TABLE item AS SELECT id, encode(sha512(id::text::bytea), 'hex') || encode(sha512((id + 7)::text::bytea), 'hex') AS text
  FROM generate_series(1, 160000) AS id`

describe('copies in two destinations, one of which is an S3 server that is killed and started again', () => {
  let product: Product
  let pg: TestPostgres
  let bucket: TestBucket
  let gateway: S3Gateway
  let sourceId: string
  let a: { id: string; folder: string }
  let b: string
  let backupId: string

  beforeAll(async () => {
    ;[product, pg, bucket, gateway] = await Promise.all([
      startProduct(),
      startPostgres(),
      makeBucket(),
      startS3Gateway(),
    ])
    await pg.sql(rows)
    a = await product.addLocalDestination('A')
    b = await product.addDestination(bucket.spec({ endpoint: gateway.endpoint, lifecycleSafetyNet: false }), 'B')
    // Slow enough to be in the middle of the upload when the server dies.
    sourceId = await product.addSource(pg.source(), { maxAttempts: 1, rateLimitBytesPerSecond: 6_000_000 })
    await product.startWorker()
  })
  afterAll(async () => {
    await product?.close()
    await gateway?.kill()
    await pg?.close()
    bucket?.close()
  })

  const look = async () => {
    const backup = await getBackup({ ctx: product.ctx, input: { id: backupId } })
    const copies = Object.fromEntries(backup.copies.map((copy) => [copy.destinationName, copy]))
    return { backup, A: copies['A'], B: copies['B'] }
  }
  const partialIncidents = () =>
    product.ctx.db.alert.findMany({ where: { event: 'backup-partial' }, orderBy: { openedAt: 'asc' } })
  /** Every object of a copy by its name, as a hash of its bytes. */
  const objectsOf = async (destinationId: string) => {
    const row = await product.ctx.db.destination.findUniqueOrThrow({ where: { id: destinationId } })
    const { repositoryPath } = await product.ctx.db.backup.findUniqueOrThrow({ where: { id: backupId } })
    const storage = product.ctx.openStorage(await destinationSpec(product.ctx, row))
    const hashes: Record<string, string> = {}
    try {
      for await (const { key } of storage.list(repositoryPath, makeTestRun())) {
        const bytes = await buffer(await storage.get(key, null, makeTestRun()))
        hashes[path.basename(key)] = createHash('sha256').update(bytes).digest('hex')
      }
    } finally {
      await storage.close()
    }
    return hashes
  }

  it('B dies in the middle of the upload: A is good, and the backup is partial and says which copy is missing (fault 33)', async () => {
    const { jobId } = await startBackup({ ctx: product.ctx, input: { sourceId, destinationIds: [a.id, b] } })
    await product.running(jobId, (job) => (job.progress?.doneBytes ?? 0) > 12_000_000)
    await gateway.kill()
    const job = await product.finished(jobId, 110_000)
    expect(job).toMatchObject({ state: 'partial', error: { code: 'copy-failed' } })
    backupId = job.backupId ?? ''
    const { backup, A, B } = await look()
    expect(backup).toMatchObject({ status: 'partial', error: { message: expect.stringMatching(/not stored in B:/) } })
    expect(A).toMatchObject({ state: 'stored', error: null })
    expect(B).toMatchObject({ state: 'failed', error: { code: 'storage-unreachable' }, retryAt: expect.any(String) })
    expect(await restorableSet(product.ctx)).toEqual([`${backupId}@A`])
    expect(await partialIncidents()).toMatchObject([{ resolvedAt: null, body: expect.stringContaining('B') }])
    expect((await getStatus({ ctx: product.ctx })).reasons.map((reason) => reason.code)).toContain('copy-missing')
  }, 120_000)

  it('a try while B is still away fails, is told, and is put off; nothing else changes', async () => {
    const attemptsBefore = (await look()).B?.attempts ?? 0
    const started = await startCopy({ ctx: product.ctx, input: { backupId, destinationId: b } }).catch(
      async (error: unknown) => {
        if (!(error instanceof HoldfastError) || error.code !== 'already-running') throw error
        // The worker was quicker: its own try serves as well.
        return { jobId: String(error.facts['jobId']) }
      },
    )
    expect(await product.finished(started.jobId, 100_000)).toMatchObject({
      state: 'failed',
      error: { code: 'storage-unreachable' },
    })
    const { backup, A, B } = await look()
    expect([backup.status, A?.state, B?.state]).toEqual(['partial', 'stored', 'failed'])
    expect(B?.attempts).toBeGreaterThan(attemptsBefore)
    expect(Date.parse(B?.retryAt ?? '')).toBeGreaterThan(Date.now())
    expect(await partialIncidents()).toHaveLength(1)
  }, 120_000)

  it('B comes back and is caught up by itself; no state on the way says more than is true', async () => {
    await gateway.start()
    const seen = new Set<string>()
    const state = async () => {
      const { backup, A, B } = await look()
      return `${backup.status}: A ${A?.state}, B ${B?.state}`
    }
    await waitFor(
      'B to be caught up',
      async () => {
        // A backup and its copies are read one after the other: what is read once may be of two moments.
        const [first, second] = [await state(), await state()]
        if (first === second) seen.add(first)
        return first === second && first.endsWith('B stored')
      },
      170_000,
    )
    const allowed = ['partial: A stored, B failed', 'partial: A stored, B uploading', 'succeeded: A stored, B stored']
    expect([...seen].filter((state) => !allowed.includes(state))).toEqual([])
    const { backup, B } = await look()
    expect(backup).toMatchObject({ status: 'succeeded', error: null })
    expect(B).toMatchObject({ error: null, retryAt: null, storedBytes: backup.storedBytes })
    await waitFor('the incident to end', async () => (await partialIncidents())[0]?.resolvedAt)
    expect(await partialIncidents()).toHaveLength(1)
    expect(await restorableSet(product.ctx)).toEqual([`${backupId}@A`, `${backupId}@B`])
    expect(await objectsOf(b)).toEqual(await objectsOf(a.id))
    expect(await bucket.uploads()).toEqual([])
  }, 180_000)

  it('what is restored from B alone equals the source', async () => {
    await rm(path.join(a.folder, 'holdfast'), { recursive: true })
    const input = { backupId, target: { database: 'from_b', owners: 'keep' as const } }
    const { jobId } = await startRestore({ ctx: product.ctx, input })
    expect((await product.finished(jobId, 100_000)).error).toBeUndefined()
    const digest = async (database: string) => {
      const client = await pg.connect(database)
      try {
        return await contentDigest(client)
      } finally {
        await client.end()
      }
    }
    expect(await digest('from_b')).toEqual(await digest('postgres'))
  }, 120_000)

  it('an old backup is copied to a destination that is added later, and stays what it was', async () => {
    const c = await product.addLocalDestination('C')
    const { jobId } = await startCopy({ ctx: product.ctx, input: { backupId, destinationId: c.id } })
    expect((await product.finished(jobId, 100_000)).state).toBe('succeeded')
    expect(await objectsOf(c.id)).toEqual(await objectsOf(b))
    expect((await look()).backup.status).toBe('succeeded')
    await expect(startCopy({ ctx: product.ctx, input: { backupId, destinationId: c.id } })).rejects.toMatchObject({
      code: 'copy-stored',
    })
  }, 120_000)
})
