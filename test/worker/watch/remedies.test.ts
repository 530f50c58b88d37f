import { mkdir, rm, writeFile } from 'node:fs/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { getBackup } from '@/lib/services/backup/get-backup'
import { startBackup } from '@/lib/services/backup/start-backup'
import { startCopy } from '@/lib/services/copy/start-copy'
import { testDestination } from '@/lib/services/destination/test-destination'
import { updateDestination } from '@/lib/services/destination/update-destination'
import { startRestoreTest } from '@/lib/services/restore-test/start-restore-test'
import { startPostgres, type TestPostgres } from '../../helpers/servers/postgres'
import { startProduct, type Product } from '../../helpers/product'
import { makeBucket, type TestBucket } from '../../helpers/servers/s3'

const remedy = 'Enter the secret that belongs to the access key id'

describe('what a store says to do reaches everyone who can do it', () => {
  let product: Product
  let pg: TestPostgres
  let bucket: TestBucket
  let sourceId: string
  let s3: string
  let local: { id: string; folder: string }

  beforeAll(async () => {
    ;[product, pg, bucket] = await Promise.all([startProduct(), startPostgres(), makeBucket()])
    await pg.sql('CREATE TABLE item AS SELECT 1 AS id')
    sourceId = await product.addSource(pg.source(), { maxAttempts: 1 })
    s3 = await product.addDestination(bucket.spec({ lifecycleSafetyNet: false }), 'offsite')
    local = await product.addLocalDestination('here')
    await product.startWorker()
  })
  afterAll(async () => {
    await product?.close()
    await pg?.close()
    bucket?.close()
  })

  const backUp = async (destinationIds: string[]) =>
    product.finished((await startBackup({ ctx: product.ctx, input: { sourceId, destinationIds } })).jobId)
  const shown = (id: string | null | undefined) => getBackup({ ctx: product.ctx, input: { id: id ?? '' } })
  const alertOf = (event: string) => product.ctx.db.alert.findFirstOrThrow({ where: { event, resolvedAt: null } })
  const setSecret = (secretAccessKey: string) =>
    updateDestination({ ctx: product.ctx, input: { id: s3, patch: { config: { secretAccessKey } } } })

  it('a key that was changed after the set-up: backup, copy, alert and test name the mend', async () => {
    const whole = await backUp([local.id])
    expect(whole.state).toBe('succeeded')
    await setSecret('another secret')

    const partial = await backUp([local.id, s3])
    expect(partial).toMatchObject({ state: 'partial', error: { remedy: expect.stringContaining(remedy) } })
    const backup = await shown(partial.backupId)
    expect(backup.error?.remedy).toContain(`offsite: ${remedy}`)
    const copy = backup.copies.find(({ destinationId }) => destinationId === s3)
    expect(copy?.error).toMatchObject({ code: 'storage-denied', remedy: expect.stringContaining(remedy) })
    expect((await alertOf('backup-partial')).body).toContain(remedy)

    const failed = await backUp([s3])
    expect(failed).toMatchObject({ state: 'failed', error: { remedy: expect.stringContaining(remedy) } })
    expect((await shown(failed.backupId)).error?.remedy).toContain(remedy)
    expect((await alertOf('backup-failed')).body).toContain(remedy)

    const { jobId } = await startCopy({
      ctx: product.ctx,
      input: { backupId: whole.backupId ?? '', destinationId: s3 },
    })
    expect(await product.finished(jobId)).toMatchObject({ error: { remedy: expect.stringContaining(remedy) } })
    const made = (await shown(whole.backupId)).copies.find(({ destinationId }) => destinationId === s3)
    expect(made?.error?.remedy).toContain(remedy)

    const report = await testDestination({ ctx: product.ctx, input: { id: s3 } })
    expect(report.error?.remedy).toContain(remedy)
  })

  it('copies that cannot be read: the restore test says what the store says to do', async () => {
    await setSecret(bucket.spec().secrets['secretAccessKey'] ?? '')
    const stored = await backUp([s3])
    expect(stored.state).toBe('succeeded')
    await setSecret('another secret')
    const input = { backupId: stored.backupId ?? '', level: 'quick' as const }
    const { jobId } = await startRestoreTest({ ctx: product.ctx, input })
    const tested = await product.finished(jobId)
    expect(tested.error?.message).toContain(remedy)
    expect((await alertOf('restore-test-failed')).body).toContain(remedy)
  })

  it('a folder that became a file: backup and alert say what to do with the disk', async () => {
    await rm(local.folder, { recursive: true })
    await writeFile(local.folder, 'a file')
    const failed = await backUp([local.id])
    expect(failed.error?.remedy).toBeTruthy()
    expect((await shown(failed.backupId)).error?.remedy).toBe(failed.error?.remedy)
    expect((await alertOf('backup-failed')).body).toContain(failed.error?.remedy)
    await rm(local.folder)
    await mkdir(local.folder)
  })
})
