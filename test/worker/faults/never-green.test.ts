import { mkdir, readdir, readFile, truncate, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { buffer } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { getBackup } from '@/lib/services/backup/get-backup'
import { openDownload } from '@/lib/services/backup/open-download'
import { startBackup } from '@/lib/services/backup/start-backup'
import { cancelJob } from '@/lib/services/job/cancel-job'
import { startRestoreTest } from '@/lib/services/restore-test/start-restore-test'
import { startRestore } from '@/lib/services/restore/start-restore'
import { getStatus } from '@/lib/services/status/get-status'
import { fakeClient } from '../../helpers/faults/fake-client'
import { startFaultProxy, type FaultProxy } from '../../helpers/faults/fault-proxy'
import { startPostgres, type TestPostgres } from '../../helpers/servers/postgres'
import { processesNaming } from '../../helpers/processes'
import { startProduct, type Product, type WorkerProcess } from '../../helpers/product'
import { makeBucket, type TestBucket } from '../../helpers/servers/s3'
import { testS3 } from '../../helpers/servers/servers'
import { waitFor } from '../../helpers/wait-for'

/** Random bytes do not compress: what is dumped is about what is stored. */
const rows = `CREATE TABLE item AS SELECT id, encode(sha512(id::text::bytea), 'hex') || encode(sha512((id + 7)::text::bytea), 'hex') AS text
  FROM generate_series(1, 120000) AS id`

describe('what is not whole is never green', () => {
  let product: Product
  let pg: TestPostgres
  let bucket: TestBucket
  let proxy: FaultProxy
  let sourceId: string
  let s3: string
  let worker: WorkerProcess
  let fakeBin: string

  /** The tool's script can be changed while the worker runs; at first it is the real one. */
  const pretend = (script: string) => fakeTool(fakeBin, script)

  beforeAll(async () => {
    ;[product, pg, bucket, proxy] = await Promise.all([
      startProduct(),
      startPostgres(),
      makeBucket(),
      startFaultProxy(testS3().endpoint),
    ])
    await pg.sql(rows)
    sourceId = await product.addSource(pg.source(), { maxAttempts: 1 })
    s3 = await product.addDestination(bucket.spec({ endpoint: proxy.endpoint, lifecycleSafetyNet: false }))
    fakeBin = path.join(product.home, 'bin')
    await fakeClient(fakeBin, 'exec "$REAL" "$@"')
    worker = await product.startWorker({ HOLDFAST_PG_BIN: fakeBin })
  })
  afterAll(async () => {
    await product.close()
    await proxy.close()
    await pg.close()
    bucket.close()
  })

  const back = async (destinationIds = [s3], within?: number) => {
    const { jobId } = await startBackup({ ctx: product.ctx, input: { sourceId, destinationIds } })
    return product.finished(jobId, within)
  }
  /** What whole backups consist of; what failed ones left is removed a moment after their job has ended. */
  const wholeBackups = async () => {
    const names = await bucket.names()
    const whole = names.filter((name) => name.endsWith('/manifest.json')).map((name) => path.dirname(name))
    return names.filter((name) => whole.includes(path.dirname(name)))
  }
  const expectNothingStored = async (before: string[]) => {
    await waitFor('what failed to be removed', async () => (await bucket.names()).length === before.length)
    expect(await bucket.names()).toEqual(before)
    expect(await bucket.uploads()).toEqual([])
  }

  it.each<[string, string, string]>([
    [
      'exits non-zero after 90 % of the archive (fault 1)',
      '"$REAL" "$@" | head -c 20000000; exit 1',
      'producer-failed',
    ],
    ['is killed in mid-stream (fault 2)', '"$REAL" "$@" | head -c 5000000; kill -9 $$', 'producer-failed'],
    ['exits 0 with half an archive (fault 3)', '"$REAL" "$@" | head -c 20000000; exit 0', 'producer-truncated'],
    ['exits 0 and writes nothing (fault 3)', 'exit 0', 'producer-truncated'],
  ])('a dump tool that %s fails the backup and leaves nothing', async (_, script, code) => {
    const before = await wholeBackups()
    await pretend(script)
    const job = await back()
    await pretend('exec "$REAL" "$@"')
    expect(job).toMatchObject({ state: 'failed', error: { code } })
    expect(job.error?.message.length).toBeGreaterThan(10)
    await expectNothingStored(before)
    const backup = await getBackup({ ctx: product.ctx, input: { id: job.backupId ?? '' } })
    expect(backup).toMatchObject({ status: 'failed', manifest: null })
  })

  it('fails when the store answers an error body with status 200 at the end of the upload (fault 27)', async () => {
    const before = await wholeBackups()
    proxy.fail({
      on: 'CompleteMultipartUpload',
      fault: {
        kind: 'replace-answer',
        status: 200,
        body: '<?xml version="1.0"?><Error><Code>InternalError</Code><Message>x</Message></Error>',
      },
    })
    proxy.fail({ on: 'HeadObject', fault: { kind: 'answer', status: 404 } })
    const job = await back()
    proxy.heal()
    expect(job.state).toBe('failed')
    await waitFor('the clean-up', async () => (await bucket.uploads()).length === 0)
    const leftovers = (await bucket.names()).filter((name) => !before.includes(name))
    expect(leftovers.filter((name) => name.endsWith('manifest.json'))).toEqual([])
  })

  it('is partial, not green, when one of two destinations is down, and the good copy counts (fault 33)', async () => {
    const local = await product.addLocalDestination()
    const before = await wholeBackups()
    proxy.fail({ on: 'PutObject', fault: { kind: 'answer', status: 403, code: 'AccessDenied' } })
    const job = await back([s3, local.id])
    proxy.heal()
    expect(job).toMatchObject({ state: 'partial', error: { code: 'copy-failed' } })
    const backup = await getBackup({ ctx: product.ctx, input: { id: job.backupId ?? '' } })
    expect(Object.fromEntries(backup.copies.map((copy) => [copy.destinationId, copy.state]))).toEqual({
      [s3]: 'failed',
      [local.id]: 'stored',
    })
    const status = await getStatus({ ctx: product.ctx })
    expect(status.reasons.map((reason) => reason.code)).toContain('copy-missing')
    await expectNothingStored(before)
    // Else it is caught up in the middle of what follows (worker/copies is about that).
    await product.ctx.db.backupCopy.updateMany({ where: { state: 'failed' }, data: { retryAt: null } })
  })

  it('ends everything within seconds when it is cancelled in the middle (fault 11)', async () => {
    const before = await wholeBackups()
    await pretend('"$REAL" "$@" | (head -c 8000000; sleep 300)')
    const { jobId } = await startBackup({ ctx: product.ctx, input: { sourceId, destinationIds: [s3] } })
    await product.running(jobId, (job) => (job.progress?.doneBytes ?? 0) > 1_000_000)
    expect(processesNaming(fakeBin).length).toBeGreaterThan(1)
    await cancelJob({ ctx: product.ctx, input: { id: jobId } })
    expect(await product.finished(jobId, 10_000)).toMatchObject({ state: 'cancelled' })
    await pretend('exec "$REAL" "$@"')
    await waitFor('the tools to be gone', () => processesNaming(`${fakeBin}/pg_dump`).length === 0, 5_000)
    await expectNothingStored(before)
    expect(worker.output()).not.toContain('unhandled')
  })

  describe('a stored backup that was damaged afterwards', () => {
    let local: { id: string; folder: string }
    let backupId: string
    let archive: string
    let whole: Buffer

    beforeAll(async () => {
      local = await product.addLocalDestination()
      const job = await back([local.id])
      expect(job.state).toBe('succeeded')
      backupId = job.backupId ?? ''
      const files = await readdir(local.folder, { recursive: true })
      archive = path.join(local.folder, files.find((file) => file.endsWith('archive.dump.zst.age')) ?? '')
      whole = await readFile(archive)
    })

    const flip = (at: number) => {
      const bytes = Buffer.from(whole)
      bytes.writeUInt8(bytes.readUInt8(at) ^ 0x10, at)
      return bytes
    }
    it.each<[string, () => Promise<void>]>([
      ['has a bit flipped in its head (fault 38)', () => writeFile(archive, flip(250))],
      ['has a bit flipped in its middle (fault 38)', () => writeFile(archive, flip(Math.floor(whole.length / 2)))],
      ['has a bit flipped in its tail (fault 38)', () => writeFile(archive, flip(whole.length - 3))],
      ['is truncated (fault 39)', () => truncate(archive, whole.length - 65_552)],
      ['is empty (fault 39)', () => truncate(archive, 0)],
    ])('%s is found by a quick test and refused by a restore before anything is created', async (_, damage) => {
      await damage()
      const signal = new AbortController().signal
      await expect(
        openDownload({ ctx: product.ctx, input: { id: backupId, form: 'stored' }, signal }).then((tar) =>
          buffer(tar.stream),
        ),
      ).rejects.toThrow()
      const { jobId } = await startRestore({
        ctx: product.ctx,
        input: { backupId, target: { database: 'never', owners: 'keep' } },
      })
      const restore = await product.finished(jobId)
      expect(restore).toMatchObject({ state: 'failed', error: { code: 'object-damaged' } })
      expect(await pg.sql("SELECT datname FROM pg_database WHERE datname LIKE 'never%'")).toEqual([])
      const test = await startRestoreTest({ ctx: product.ctx, input: { backupId, level: 'quick' } })
      expect(await product.finished(test.jobId)).toMatchObject({
        state: 'failed',
        error: { code: 'restore-test-failed' },
      })
      expect(await getBackup({ ctx: product.ctx, input: { id: backupId } })).toMatchObject({ verified: 'broken' })
      await writeFile(archive, whole)
      await product.ctx.db.backup.update({ where: { id: backupId }, data: { verified: 'unproven' } })
      await product.ctx.db.backupCopy.updateMany({ where: { backupId }, data: { state: 'stored' } })
    })
  })
})

async function fakeTool(folder: string, script: string): Promise<void> {
  const text = await readFile(path.join(folder, 'pg_dump'), 'utf8')
  const head = text.split('\n').slice(0, 3).join('\n')
  await mkdir(folder, { recursive: true })
  await writeFile(path.join(folder, 'pg_dump'), `${head}\n${script}\n`)
}
