import { createWriteStream, readdirSync } from 'node:fs'
import path from 'node:path'
import { execFileSync } from 'node:child_process'
import { pipeline } from 'node:stream/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createSourceSchema } from '@/lib/contracts/source'
import { getBackup } from '@/lib/services/backup/get-backup'
import { openDownload } from '@/lib/services/backup/open-download'
import { startBackup } from '@/lib/services/backup/start-backup'
import { getRestore } from '@/lib/services/restore/get-restore'
import { startRestore } from '@/lib/services/restore/start-restore'
import { getRestoreTest } from '@/lib/services/restore-test/get-restore-test'
import { startRestoreTest } from '@/lib/services/restore-test/start-restore-test'
import { createSource } from '@/lib/services/source/create-source'
import { testSource } from '@/lib/services/source/test-source'
import { makeAccounts, movedIn, rightState, startWriter, stateOf } from '../helpers/databases/sqlite-writer'
import { startProduct, type Product } from '../helpers/product'

describe('the main job on a SQLite database that is written all the time', () => {
  let product: Product
  let writer: Awaited<ReturnType<typeof startWriter>>
  let file: string
  let sourceId: string
  let backupId: string
  let destinationFolder: string

  beforeAll(async () => {
    product = await startProduct()
    file = path.join(product.home, '..', `${path.basename(product.home)}.db`)
    makeAccounts(file, 'WAL', 200)
    writer = await startWriter(file)
    const options = {
      criticalTables: ['account'],
      assertions: [{ name: 'sum', sql: 'SELECT sum(amount) FROM account', expected: '10000' }],
    }
    const input = createSourceSchema.parse({ name: 'accounts', engine: 'sqlite', connection: { path: file }, options })
    sourceId = (await createSource({ ctx: product.ctx, input })).id
    await product.startWorker()
  })
  afterAll(async () => {
    await writer?.stop()
    await product?.close()
    execFileSync('rm', ['-f', file, `${file}-wal`, `${file}-shm`])
  })

  it('is tested, and backed up encrypted to a local destination', async () => {
    expect(await testSource({ ctx: product.ctx, input: { id: sourceId } })).toMatchObject({ ok: true, tableCount: 3 })
    const { id, folder } = await product.addLocalDestination()
    destinationFolder = folder
    const { jobId } = await startBackup({ ctx: product.ctx, input: { sourceId, destinationIds: [id] } })
    const job = await product.finished(jobId)
    expect(job).toMatchObject({ state: 'succeeded' })
    backupId = job.backupId ?? ''
    const backup = await getBackup({ ctx: product.ctx, input: { id: backupId } })
    expect(backup).toMatchObject({ status: 'succeeded', kind: 'snapshot', error: null })
    const names = readdirSync(destinationFolder, { recursive: true }).map(String)
    expect(names.filter((name) => name.endsWith('database.sqlite.zst.age'))).toHaveLength(1)
    expect(readdirSync(path.join(product.home, 'scratch'))).toEqual([])
  })

  it('is proven with every value and the questions of the source', async () => {
    const { jobId } = await startRestoreTest({ ctx: product.ctx, input: { sourceId, level: 'comprehensive' } })
    const job = await product.finished(jobId)
    const test = await getRestoreTest({ ctx: product.ctx, input: { id: job.restoreTestId ?? '' } })
    expect(test.checks.filter((check) => check.verdict !== 'passed')).toEqual([])
    expect(test).toMatchObject({ verdict: 'passed', backupId })
    expect(test.checks.map((check) => check.name)).toEqual(
      expect.arrayContaining(['row-counts', 'content-hashes', 'integrity-check', 'critical-table', 'sql-assertion']),
    )
    expect(await getBackup({ ctx: product.ctx, input: { id: backupId } })).toMatchObject({ verified: 'proven' })
  })

  it('is restored to a new file as it was, and not over one', async () => {
    const target = { path: `${file}.restored` }
    const { jobId } = await startRestore({ ctx: product.ctx, input: { backupId, target } })
    const job = await product.finished(jobId)
    expect(job).toMatchObject({ state: 'succeeded' })
    expect(await getRestore({ ctx: product.ctx, input: { id: job.restoreId ?? '' } })).toMatchObject({
      place: `the new path ${target.path}`,
    })
    expect(stateOf(target.path)).toBe(rightState)
    expect(movedIn(target.path)).toBeLessThan(movedIn(file))
    const again = await startRestore({ ctx: product.ctx, input: { backupId, target } })
    expect(await product.finished(again.jobId)).toMatchObject({ state: 'failed', error: { code: 'target-exists' } })
    execFileSync('rm', [target.path])
  })

  it('is not restored into the folder of a destination or of Holdfast', async () => {
    for (const folder of [destinationFolder, product.home]) {
      const target = { path: path.join(folder, 'restored.db') }
      const { jobId } = await startRestore({ ctx: product.ctx, input: { backupId, target } })
      expect(await product.finished(jobId)).toMatchObject({ state: 'failed', error: { code: 'target-invalid' } })
    }
  })

  it('is downloaded as the database, and as a script that makes it again', async () => {
    const signal = new AbortController().signal
    const get = async (form: 'plain' | 'sql') => {
      const download = await openDownload({ ctx: product.ctx, input: { id: backupId, form }, signal })
      const to = path.join(product.home, `download-${form}`)
      await pipeline(download.stream, createWriteStream(to))
      return { to, fileName: download.fileName }
    }
    const plain = await get('plain')
    expect(plain.fileName).toMatch(/\.sqlite$/)
    expect(stateOf(plain.to)).toBe(rightState)
    const script = await get('sql')
    const made = path.join(product.home, 'made.db')
    execFileSync('bash', ['-ec', 'sqlite3 -bail "$1" < "$2"', 'bash', made, script.to])
    expect(stateOf(made)).toBe(rightState)
    expect(movedIn(made)).toBe(movedIn(plain.to))
  })
})
