import { readdir, readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startBackup } from '@/lib/services/backup/start-backup'
import { startCopy } from '@/lib/services/copy/start-copy'
import { startDueCopies } from '@/lib/services/copy/start-due-copies'
import { cancelJob } from '@/lib/services/job/cancel-job'
import { startPostgres, type TestPostgres } from '../../helpers/servers/postgres'
import { startProduct, type Product, type WorkerProcess } from '../../helpers/product'
import { restorableSet } from '../../helpers/databases/restorable-set'
import { waitFor } from '../../helpers/wait-for'
import { looseEnds } from '../../storage/loose-ends'

/** Some megabytes that do not compress well, copied slowly enough to be caught in the middle. */
const rows = `CREATE TABLE item AS SELECT id, encode(sha512(id::text::bytea), 'hex') AS text FROM generate_series(1, 80000) AS id`

describe('a copy job', () => {
  let product: Product
  let pg: TestPostgres
  let worker: WorkerProcess
  let stores: Map<string, string>
  let backupId: string

  beforeAll(async () => {
    ;[product, pg] = await Promise.all([startProduct(), startPostgres()])
    await pg.sql(rows)
    const sourceId = await product.addSource(pg.source(), { maxAttempts: 1, rateLimitBytesPerSecond: 1_500_000 })
    const [north, south] = [await product.addLocalDestination('north'), await product.addLocalDestination('south')]
    stores = new Map([north, south].map(({ id, folder }) => [id, folder]))
    worker = await product.startWorker()
    const input = { sourceId, destinationIds: [north.id, south.id] }
    const job = await product.finished((await startBackup({ ctx: product.ctx, input })).jobId)
    expect(job.state).toBe('succeeded')
    backupId = job.backupId ?? ''
  })
  afterAll(async () => {
    await product?.close()
    await pg?.close()
  })

  const archiveIn = async (folder: string) => {
    const files = await readdir(folder, { recursive: true })
    return path.join(folder, files.find((file) => file.endsWith('archive.dump.zst.age')) ?? '')
  }
  const copyIn = (destinationId: string) =>
    product.ctx.db.backupCopy.findFirstOrThrow({ where: { backupId, destinationId } })
  const copyTo = (destinationId: string) => startCopy({ ctx: product.ctx, input: { backupId, destinationId } })
  const inTheMiddle = (jobId: string) => product.running(jobId, (job) => (job.progress?.doneBytes ?? 0) > 500_000)

  it('finds the copy it reads from damaged, reports it, and goes on with the next one', async () => {
    const [first] = await product.ctx.db.backupCopy.findMany({ where: { backupId }, orderBy: { id: 'asc' } })
    const readFirst = first?.destinationId ?? ''
    const archive = await archiveIn(stores.get(readFirst) ?? '')
    const bytes = await readFile(archive)
    const changed = Buffer.from(bytes)
    changed.writeUInt8(changed.readUInt8(changed.length - 70_000) ^ 4, changed.length - 70_000)
    await writeFile(archive, changed)
    const east = await product.addLocalDestination('east')
    const { jobId } = await copyTo(east.id)
    expect((await product.finished(jobId)).state).toBe('succeeded')
    expect((await readFile(await archiveIn(east.folder))).equals(bytes)).toBe(true)
    expect(await product.ctx.db.alert.count({ where: { event: 'copy-damaged' } })).toBe(1)
    await waitFor('the damaged one to be repaired', async () => (await copyIn(readFirst)).state === 'stored')
    expect((await readFile(archive)).equals(bytes)).toBe(true)
    expect(await restorableSet(product.ctx)).toHaveLength(3)
  })

  it('whose worker is killed is done again by another one, whole', async () => {
    const west = await product.addLocalDestination('west')
    const { jobId } = await copyTo(west.id)
    await inTheMiddle(jobId)
    worker.kill('SIGKILL')
    await worker.exited
    expect((await copyIn(west.id)).state).toBe('uploading')
    worker = await product.startWorker()
    expect(await product.finished(jobId)).toMatchObject({ state: 'succeeded', attempt: 2 })
    expect(await restorableSet(product.ctx)).toContain(`${backupId}@west`)
    expect(await looseEnds(west.folder)).toEqual([])
  })

  it('that a person cancels leaves nothing that looks like a copy, and is not begun again by itself', async () => {
    const far = await product.addLocalDestination('far')
    const { jobId } = await copyTo(far.id)
    await inTheMiddle(jobId)
    await cancelJob({ ctx: product.ctx, input: { id: jobId } })
    expect((await product.finished(jobId)).state).toBe('cancelled')
    expect(await copyIn(far.id)).toMatchObject({ state: 'failed', retryAt: null })
    expect(await startDueCopies({ ctx: product.ctx, now: new Date(Date.now() + 86_400_000) })).toBe(0)
    const files = await readdir(far.folder, { recursive: true })
    expect(files.filter((file) => file.endsWith('manifest.json'))).toEqual([])
    const again = await copyTo(far.id)
    expect((await product.finished(again.jobId)).state).toBe('succeeded')
    expect(await restorableSet(product.ctx)).toContain(`${backupId}@far`)
  })
})
