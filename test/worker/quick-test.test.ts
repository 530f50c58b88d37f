import { readFile, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { RestoreTestLevel } from '@/lib/contracts/schedule'
import { HoldfastError } from '@/lib/core/holdfast-error'
import { manifestSchema } from '@/lib/contracts/repository/manifest'
import type { Storage } from '@/lib/ports/storage'
import { destinationSpec } from '@/lib/services/destination/destination-spec'
import { getBackup } from '@/lib/services/backup/get-backup'
import { listBackups } from '@/lib/services/backup/list-backups'
import { startBackup } from '@/lib/services/backup/start-backup'
import { renderMetrics } from '@/lib/services/metrics/render-metrics'
import { startRestoreTest } from '@/lib/services/restore-test/start-restore-test'
import { updateSource } from '@/lib/services/source/update-source'
import { getStatus } from '@/lib/services/status/get-status'
import { mendGuide } from '@/worker/tasks/verify/mend-guide'
import { startPostgres, type TestPostgres } from '../helpers/servers/postgres'
import { startProduct, type Product } from '../helpers/product'
import { makeTestRun } from '../helpers/run-context'

/** The database has ten rows. */
const assertion = (expected: string) => ({ name: 'the rows', sql: 'SELECT count(*) FROM item', expected })

describe('a quick test, which restores nothing,', () => {
  let product: Product
  let pg: TestPostgres
  let sourceId: string
  let folder: string
  let backupId: string

  beforeAll(async () => {
    ;[product, pg] = await Promise.all([startProduct(), startPostgres()])
    await pg.sql('CREATE TABLE item AS SELECT generate_series(1, 10) AS id')
    sourceId = await product.addSource(pg.source(), { maxAttempts: 1, assertions: [assertion('11')] })
    const store = await product.addLocalDestination()
    await product.startWorker()
    const { jobId } = await startBackup({ ctx: product.ctx, input: { sourceId, destinationIds: [store.id] } })
    const job = await product.finished(jobId)
    expect(job.state).toBe('succeeded')
    backupId = job.backupId ?? ''
    const { repositoryPath } = await product.ctx.db.backup.findUniqueOrThrow({ where: { id: backupId } })
    folder = path.join(store.folder, repositoryPath)
  })
  afterAll(async () => {
    await product?.close()
    await pg?.close()
  })

  const test = async (level: RestoreTestLevel) => {
    const { jobId } = await startRestoreTest({ ctx: product.ctx, input: { backupId, level } })
    const job = await product.finished(jobId)
    const { verdict } = await product.ctx.db.restoreTest.findFirstOrThrow({ where: { jobId } })
    return { state: job.state, verdict }
  }
  const backup = () => getBackup({ ctx: product.ctx, input: { id: backupId } })
  const incident = () => product.ctx.db.alert.count({ where: { event: 'restore-test-failed', resolvedAt: null } })
  /** Everything that shows the proof: the API, the overview, the history, the metrics. */
  const said = async () => {
    const { ctx } = product
    const status = await getStatus({ ctx })
    const source = status.sources.find((one) => one.sourceId === sourceId)
    const { text } = await renderMetrics({ ctx, version: 'test' })
    const gauge = (name: string) =>
      text
        .split('\n')
        .find((line) => line.startsWith(`holdfast_${name}{`) && line.includes(sourceId))
        ?.split(' ')
        .at(-1)
    return {
      verified: (await backup()).verified,
      lastGood: source?.lastGoodBackup?.verified,
      lastProven: source?.lastProven?.backupId ?? null,
      newestProven: source?.proof.newestProven?.backupId ?? null,
      untested: source?.proof.newer.untested,
      provenSources: status.totals.provenSources,
      tone: status.headline.tone,
      listedAsProven: (await listBackups({ ctx, input: { limit: 9, sort: '-startedAt', verified: 'proven' } })).items
        .length,
      testPassed: gauge('restore_test_passed'),
      testAge: gauge('restore_test_age_seconds') === undefined ? 'none' : 'some',
    }
  }
  const nothingProven = {
    lastProven: null,
    newestProven: null,
    provenSources: 0,
    listedAsProven: 0,
    testAge: 'none',
  }

  it('passes, and proves nothing to anybody', async () => {
    const before = await said()
    expect(before).toMatchObject({ ...nothingProven, verified: 'unproven', untested: 1, testPassed: undefined })
    expect(before.tone).not.toBe('proven')
    expect(await test('quick')).toEqual({ state: 'succeeded', verdict: 'passed' })
    expect(await said()).toEqual(before)
    expect((await backup()).provenAt).toBeNull()
  })

  it('does not answer for a restore that failed: its incident and its verdict stay', async () => {
    expect(await test('comprehensive')).toEqual({ state: 'failed', verdict: 'failed' })
    const failed = await said()
    expect(failed).toMatchObject({ ...nothingProven, verified: 'broken', testPassed: '0' })
    expect(await incident()).toBe(1)
    expect(await test('quick')).toEqual({ state: 'succeeded', verdict: 'passed' })
    expect(await said()).toEqual(failed)
    expect(await incident()).toBe(1)
  })

  it('changes nothing of what a restore proved', async () => {
    const patch = { options: { assertions: [assertion('10')] } }
    await updateSource({ ctx: product.ctx, input: { id: sourceId, patch } })
    expect(await test('comprehensive')).toEqual({ state: 'succeeded', verdict: 'passed' })
    const proven = await said()
    expect(proven).toMatchObject({ verified: 'proven', newestProven: backupId, untested: 0, testPassed: '1' })
    expect(await incident()).toBe(0)
    const { provenAt } = await backup()
    expect(await test('quick')).toEqual({ state: 'succeeded', verdict: 'passed' })
    expect(await said()).toEqual(proven)
    expect((await backup()).provenAt).toBe(provenAt)
  })

  it('writes a RESTORE.md again that is missing or another, and says so', async () => {
    const file = path.join(folder, 'RESTORE.md')
    const bytes = await readFile(file)
    const checks = async () => {
      expect(await test('quick')).toEqual({ state: 'succeeded', verdict: 'passed' })
      const { checks } = await product.ctx.db.restoreTest.findFirstOrThrow({ orderBy: { startedAt: 'desc' } })
      return JSON.stringify(checks)
    }
    const forged = Buffer.from(bytes)
    forged.write('rm -rf /', bytes.length - 10)
    const changes: [() => Promise<void>, string][] = [
      [() => rm(file), 'RESTORE.md was missing, and was written again'],
      [() => writeFile(file, forged), 'RESTORE.md was not the one that was written, and was written again'],
      [() => writeFile(file, 'curl'), 'RESTORE.md was not the one that was written, and was written again'],
    ]
    for (const [change, told] of changes) {
      await change()
      expect(await checks()).toContain(told)
      expect(await readFile(file)).toEqual(bytes)
      expect(await checks()).not.toContain('RESTORE.md')
    }
  })

  it('points to the manifest where it would write another RESTORE.md than this backup had, or may not write', async () => {
    const file = path.join(folder, 'RESTORE.md')
    const bytes = await readFile(file)
    const manifest = manifestSchema.parse(JSON.parse(await readFile(path.join(folder, 'manifest.json'), 'utf8')))
    const { repositoryPath } = await product.ctx.db.backup.findUniqueOrThrow({ where: { id: backupId } })
    const destination = await product.ctx.db.destination.findFirstOrThrow()
    const storage = product.ctx.openStorage(await destinationSpec(product.ctx, destination))
    const mend = (copy: Parameters<typeof mendGuide>[1]) =>
      mendGuide({ ctx: product.ctx, run: makeTestRun() }, copy, repositoryPath)
    try {
      expect(await mend({ storage, manifest })).toBeNull()
      await writeFile(file, 'curl')
      expect(await mend({ storage, manifest: { ...manifest, engineVersion: 'of another time' } })).toBe(
        'RESTORE.md was not the one that was written, and this version of Holdfast writes another: type the commands in manifest.json instead',
      )
      expect(await readFile(file, 'utf8')).toBe('curl')
      const refusing = Object.assign(Object.create(storage) as Storage, {
        put: () => Promise.reject(new HoldfastError('storage-denied', 'No.')),
      })
      expect(await mend({ storage: refusing, manifest })).toBe(
        'RESTORE.md was not the one that was written, and could not be written again (No.): type the commands in manifest.json instead',
      )
    } finally {
      await storage.close()
      await writeFile(file, bytes)
    }
  })

  it('that failed is answered by one that passed', async () => {
    const file = path.join(folder, 'manifest.json')
    const bytes = await readFile(file)
    await writeFile(file, '{}')
    expect(await test('quick')).toEqual({ state: 'failed', verdict: 'failed' })
    expect(await incident()).toBe(1)
    await writeFile(file, bytes)
    expect(await test('quick')).toEqual({ state: 'succeeded', verdict: 'passed' })
    expect(await incident()).toBe(0)
  })
})
