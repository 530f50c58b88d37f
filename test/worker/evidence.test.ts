import { execFile } from 'node:child_process'
import { rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { RestoreTest } from '@/lib/contracts/backup'
import type { RestoreTestLevel } from '@/lib/contracts/schedule'
import { auditHead } from '@/lib/services/audit/audit-head'
import { verifyAuditLog } from '@/lib/services/audit/verify-audit-log'
import { startBackup } from '@/lib/services/backup/start-backup'
import { getEvidence } from '@/lib/services/restore-test/get-evidence'
import { getEvidenceKey } from '@/lib/services/restore-test/get-evidence-key'
import { getRestoreTest } from '@/lib/services/restore-test/get-restore-test'
import { startRestoreTest } from '@/lib/services/restore-test/start-restore-test'
import { getBackup } from '@/lib/services/backup/get-backup'
import { updateSource } from '@/lib/services/source/update-source'
import { verifyEvidence } from '@/lib/vault/verify-evidence'
import { startPostgres, type TestPostgres } from '../helpers/servers/postgres'
import { startProduct, type Product } from '../helpers/product'
import { tempDir } from '../helpers/temp'
import { buildCli } from '../helpers/build-cli'

const root = path.resolve(import.meta.dirname, '../..')
const cli = path.join(root, 'dist', `test-evidence-cli-${process.pid}.mjs`)

describe('the evidence of a restore test', () => {
  let product: Product
  let pg: TestPostgres
  let dir: Awaited<ReturnType<typeof tempDir>>
  let sourceId: string
  let backupId: string

  beforeAll(async () => {
    ;[product, pg, dir] = await Promise.all([startProduct(), startPostgres(), tempDir('evidence')])
    await buildCli(cli)
    await pg.sql('CREATE DATABASE shop')
    await pg.sql(
      'CREATE TABLE item (id serial PRIMARY KEY); INSERT INTO item SELECT FROM generate_series(1, 50)',
      'shop',
    )
    sourceId = await product.addSource(pg.source({ connection: { database: 'shop' } }), {
      criticalTables: ['public.item'],
      assertions: [{ name: 'Items', sql: 'SELECT count(*) FROM public.item', expected: '50' }],
    })
    const destination = await product.addLocalDestination()
    await product.startWorker()
    const input = { sourceId, destinationIds: [destination.id] }
    const { jobId } = await startBackup({ ctx: product.ctx, input })
    backupId = (await product.finished(jobId)).backupId ?? ''
  })
  afterAll(async () => {
    await product?.close()
    await pg?.close()
    await dir?.remove()
    await rm(cli, { force: true })
  })

  const test = async (level: RestoreTestLevel): Promise<RestoreTest> => {
    const { jobId } = await startRestoreTest({ ctx: product.ctx, input: { backupId, level } })
    const job = await product.finished(jobId)
    return getRestoreTest({ ctx: product.ctx, input: { id: job.restoreTestId ?? '' } })
  }
  const evidenceOf = (id: string) => getEvidence({ ctx: product.ctx, input: { id } })
  const key = () => getEvidenceKey({ ctx: product.ctx })
  const nowhere = (args: string[]) =>
    new Promise<{ code: number; out: string; err: string }>((resolve) => {
      const env = { PATH: process.env['PATH'], NODE_ENV: 'production' as const, HOLDFAST_HOME: '/nowhere' }
      execFile(process.execPath, [cli, ...args], { env }, (error, out, err) =>
        resolve({ code: error ? Number(error.code) : 0, out, err }),
      )
    })

  it('is signed, says what was tested and what came out, and is bound to the manifest', async () => {
    const result = await test('comprehensive')
    expect(result).toMatchObject({ verdict: 'passed', signed: true })
    const document = verifyEvidence(await evidenceOf(result.id), key().pem)
    const backup = await getBackup({ ctx: product.ctx, input: { id: backupId } })
    expect(document).toMatchObject({
      restoreTestId: result.id,
      level: 'comprehensive',
      verdict: 'passed',
      source: { id: sourceId, database: 'shop' },
      backup: { id: backupId, manifestSha256: backup.manifestSha256 },
      checks: result.checks,
      versions: { server: expect.stringMatching(/^15/), dumpTool: expect.stringMatching(/^\d/) },
      finishedAt: result.finishedAt,
      durationMs: result.durationMs,
    })
    // It anchors the audit log as well: the end of its chain is signed with it (security 24).
    expect(document.auditHead).toEqual(await auditHead(product.ctx.db))
    expect(await verifyAuditLog({ ctx: product.ctx })).toMatchObject({ ok: true, anchors: { compared: 1 } })
    expect(document.checks.map((check) => check.name)).toEqual(
      expect.arrayContaining(['critical-table', 'sql-assertion', 'sequence-values', 'content-hashes', 'indexes-sound']),
    )
    expect(document.facts).toMatchObject({
      rows: 50,
      confinement: { grade: 'isolated', limits: { memoryBytes: expect.any(Number) } },
    })
  })

  it('is verified offline by the command, and a changed byte is refused', async () => {
    const result = await test('quick')
    const text = await evidenceOf(result.id)
    const file = path.join(dir.path, 'evidence.json')
    await writeFile(file, text)
    const good = await nowhere(['verify-evidence', file])
    expect(good).toMatchObject({ code: 0, err: '' })
    expect(good.out).toContain('PASSED at level quick')
    expect(good.out).toContain('Who signed it is not known')
    expect(good.out).toContain(backupId)

    const keyFile = path.join(dir.path, 'key.pem')
    await writeFile(keyFile, key().pem)
    for (const trusted of [keyFile, key().publicKey]) {
      const known = await nowhere(['verify-evidence', file, '--key', trusted])
      expect(known).toMatchObject({ code: 0, out: expect.stringContaining('with the key that was given') })
    }
    const other = await nowhere(['verify-evidence', file, '--key', Buffer.alloc(32, 1).toString('base64')])
    expect(other).toMatchObject({ code: 1, out: '', err: expect.stringContaining('not with the key') })

    await writeFile(file, text.replace('"verdict":"passed"', '"verdict":"passes"'))
    expect(await nowhere(['verify-evidence', file])).toMatchObject({
      code: 1,
      out: '',
      err: expect.stringMatching(/changed/),
    })
    const json = await nowhere(['verify-evidence', '--json', file])
    expect(JSON.parse(json.out)).toMatchObject({ error: { code: 'evidence-refused' } })
    await writeFile(
      file,
      text.replace(
        result.id,
        result.id.replace(/^./, (digit) => (digit === '0' ? '1' : '0')),
      ),
    )
    expect(await nowhere(['verify-evidence', file])).toMatchObject({
      code: 1,
      err: expect.stringMatching(/signature does not fit/),
    })
    expect(await nowhere(['verify-evidence', path.join(dir.path, 'missing')])).toMatchObject({ code: 1 })
    expect(await nowhere(['verify-evidence'])).toMatchObject({ code: 2 })
  })

  it('of a wrong answer says failed, and the backup is not proven by it', async () => {
    const assertions = [{ name: 'Items', sql: 'SELECT count(*) FROM public.item', expected: '51' }]
    await updateSource({ ctx: product.ctx, input: { id: sourceId, patch: { options: { assertions } } } })
    const result = await test('comprehensive')
    expect(result.verdict).toBe('failed')
    expect(result.error?.message).toContain('Items: the restored database answers "50" where "51" was expected')
    const document = verifyEvidence(await evidenceOf(result.id))
    expect(document).toMatchObject({ verdict: 'failed', failure: { code: 'restore-test-failed' } })
    const file = path.join(dir.path, 'failed.json')
    await writeFile(file, await evidenceOf(result.id))
    const told = await nowhere(['verify-evidence', file])
    expect(told).toMatchObject({ code: 1, out: expect.stringContaining('does not prove that the backup can be') })
    expect((await getBackup({ ctx: product.ctx, input: { id: backupId } })).verified).toBe('broken')
    // The standard level does not ask it.
    expect((await test('standard')).verdict).toBe('passed')
    expect((await getBackup({ ctx: product.ctx, input: { id: backupId } })).verified).toBe('proven')
  })

  it('of a test that was ended at its time limit says inconclusive, never passed', async () => {
    const assertions = [{ name: 'Slow', sql: 'SELECT pg_sleep(50)', expected: '' }]
    await updateSource({
      ctx: product.ctx,
      input: { id: sourceId, patch: { options: { assertions, restoreTestLimitMs: 4_000 } } },
    })
    const result = await test('comprehensive')
    expect(result).toMatchObject({ verdict: 'inconclusive', error: { code: 'restore-test-time-limit' } })
    expect(result.checks.at(-1)).toMatchObject({ name: 'time-limit', verdict: 'inconclusive' })
    expect(result.durationMs).toBeLessThan(20_000)
    expect(verifyEvidence(await evidenceOf(result.id)).verdict).toBe('inconclusive')
    // It decided nothing, so what was known stays.
    expect((await getBackup({ ctx: product.ctx, input: { id: backupId } })).verified).toBe('proven')
  })
})
