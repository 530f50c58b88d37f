import { execFile, execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { cp, readFile, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { buffer } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { HoldfastError } from '@/lib/core/holdfast-error'
import { manifestSignatureSchema } from '@/lib/core/repository/manifest-signature'
import { manifestSchema } from '@/lib/contracts/repository/manifest'
import { dataPartsOf } from '@/lib/engines/postgres/logical/archive/parts'
import { limitToSources } from '@/lib/db/limit-to-sources'
import { verifyAuditLog } from '@/lib/services/audit/verify-audit-log'
import { getBackup } from '@/lib/services/backup/get-backup'
import { listBackups } from '@/lib/services/backup/list-backups'
import { openDownload } from '@/lib/services/backup/open-download'
import { startBackup } from '@/lib/services/backup/start-backup'
import { startCopy } from '@/lib/services/copy/start-copy'
import { getDestination } from '@/lib/services/destination/get-destination'
import { getEvidenceKey } from '@/lib/services/restore-test/get-evidence-key'
import { startRestoreTest } from '@/lib/services/restore-test/start-restore-test'
import { startRestore } from '@/lib/services/restore/start-restore'
import { readJudgedBackups } from '@/lib/services/insight/read-judged-backups'
import { previewRetention } from '@/lib/services/retention/preview-retention'
import { signIn } from '@/lib/services/session/sign-in'
import { listSources } from '@/lib/services/source/list-sources'
import { startCare } from '@/lib/services/storage-care/start-care'
import { authenticateToken } from '@/lib/services/token/authenticate-token'
import { emptyDatabase, type EmptyDatabase } from '../helpers/databases/empty-database'
import { startPostgres, type TestPostgres } from '../helpers/servers/postgres'
import { digestOf } from '../helpers/databases/postgres-content'
import { startProduct, type Product } from '../helpers/product'
import { readEverything } from '../helpers/read-everything'
import { tempDir } from '../helpers/temp'
import {
  installSample,
  readAnswers,
  readSample,
  sampleFolder,
  sampleStore,
  type Sample,
} from '../helpers/catalog/version-1'
import { waitFor } from '../helpers/wait-for'
import { buildCli } from '../helpers/build-cli'

const ofPostgres = (item: object) => ({ ...item, engine: 'postgres' })
const withMethod = (item: { options: object }) => ({ ...item, options: { ...item.options, method: null } })
const root = path.resolve(import.meta.dirname, '../..')
const cli = path.join(root, 'dist', `test-version-1-cli-${process.pid}.mjs`)

describe('a catalog and repositories of version 1, upgraded', () => {
  let sample: Sample
  let database: EmptyDatabase
  let home: Awaited<ReturnType<typeof tempDir>>
  let pg: TestPostgres
  let product: Product

  beforeAll(async () => {
    sample = await readSample()
    ;[database, home, pg] = await Promise.all([
      emptyDatabase(),
      tempDir('version-1'),
      startPostgres({ password: sample.sourcePassword }),
      buildCli(cli),
    ])
    await pg.sql('CREATE DATABASE shop')
    await pg.sql(await readFile(path.join(sampleFolder, 'shop.sql'), 'utf8'), 'shop')
    await installSample({ databaseUrl: database.url, home: home.path, sourcePort: pg.port })
    product = await startProduct({ instance: { databaseUrl: database.url, home: home.path } })
  })
  afterAll(async () => {
    await product?.close()
    await pg?.close()
    await home?.remove()
    await database?.[Symbol.asyncDispose]()
    await rm(cli, { force: true })
  })

  const succeeded = async ({ jobId }: { jobId: string }) => {
    const job = await product.finished(jobId)
    expect(job).toMatchObject({ state: 'succeeded' })
    return job
  }
  /** The job that was started, or the one that the worker had started already. */
  const startedOrRunning = (start: Promise<{ jobId: string }>) =>
    start.catch((error: unknown) => {
      if (!(error instanceof HoldfastError) || error.code !== 'already-running') throw error
      return { jobId: String(error.facts['jobId']) }
    })
  const folderOf = async (id: string, place = 'north') => {
    const { repositoryPath } = await product.ctx.db.backup.findUniqueOrThrow({ where: { id } })
    return path.join(sampleStore(home.path, place), repositoryPath)
  }
  const signatureOf = async (id: string, place = 'north') =>
    readFile(path.join(await folderOf(id, place), 'manifest.sig.json'))
  /** `holdfast verify-manifests` of a folder, with the public key alone. */
  const verify = async (place: string) => {
    const key = path.join(home.path, 'signing-key.pem')
    await writeFile(key, getEvidenceKey({ ctx: product.ctx }).pem)
    const args = [cli, 'verify-manifests', sampleStore(home.path, place), '--key', key, '--json']
    const out = await new Promise<string>((resolve) => {
      execFile(process.execPath, args, (_error, stdout) => resolve(stdout))
    })
    const answer: unknown = JSON.parse(out)
    return answer
  }

  it('show everything that the API showed before', async () => {
    const before = await readAnswers()
    expect(before.sources).toHaveLength(2)
    expect(before.backups).toHaveLength(8)
    // What is meant to differ. Nothing else is, so far:
    const moved = {
      // installSample put the server of the sources on another port,
      sources: before.sources.map((source) => ({
        ...source,
        connection: { ...source.connection, port: pg.port },
        // How a source is protected is new, and is as it was.
        protection: { dumps: true, continuous: false, log: 'stream', sliceMs: 60_000 },
        // After how many differences a full base backup is due.
        options: { ...source.options, longestChain: 6 },
      })),
      // and the repositories into other folders.
      destinations: before.destinations.map((destination) => ({
        ...destination,
        config: { path: sampleStore(home.path, destination.name) },
      })),
      // and what came since then: of which engine something is, by which method it is taken, where a restore goes in words.
      backups: before.backups.map(ofPostgres),
      backupDetails: before.backupDetails.map(ofPostgres),
      restoreTests: before.restoreTests.map(ofPostgres),
      schedules: before.schedules.map(withMethod),
      policies: before.policies.map(withMethod),
      restores: before.restores.map((restore) => ({ ...restore, place: expect.stringMatching(/^the new database "/) })),
    }
    // At the time of then: what is due next is shown as well.
    const clock = { now: () => new Date(sample.madeAt) }
    expect(await readEverything({ ...product.ctx, clock })).toEqual({ ...before, ...moved })
    expect(await getBackup({ ctx: product.ctx, input: { id: sample.backups.deleted } })).toMatchObject({
      deletedAt: expect.any(String),
      deletedReason: expect.stringContaining('by request'),
    })
  })

  it('what was counted in columns is what the manifests say, and tables are known by name', async () => {
    const rows = await product.ctx.db.backup.findMany({ where: { sourceId: sample.sourceId } })
    expect(rows).toHaveLength(9)
    for (const row of rows) {
      expect(row.measures).toHaveLength(2)
      expect(row.measures).toEqual(manifestSchema.parse(row.manifest).measures)
    }
    // As in shop.sql; partitions come and go and are not among them.
    const names = ['Odd names.a "table"', 'public.event', 'public.item', 'public.order']
    const judged = await readJudgedBackups(product.ctx.db, { sourceId: sample.sourceId, upTo: null })
    expect(judged[0]?.containers).toEqual({ measure: 'tables', names })
  })

  it('the audit log is whole, and the stored signatures are good', async () => {
    const log = await verifyAuditLog({ ctx: product.ctx })
    expect(log).toMatchObject({ ok: true })
    expect(await verify('north')).toMatchObject({ sources: [{ backups: 8, newest: { sequence: 9 }, findings: [] }] })
    expect(await verify('south')).toMatchObject({ sources: [{ backups: 7, newest: { sequence: 7 }, findings: [] }] })
  })

  it('people sign in with their passwords, and tokens are what they were', async () => {
    const input = { email: 'ada@example.com', password: sample.personPassword, address: '192.0.2.7', userAgent: 'test' }
    expect(await signIn({ ctx: product.ctx, input })).toMatchObject({ sessionId: expect.any(String) })
    const whole = await authenticateToken({ ctx: product.ctx, input: { token: sample.tokens.whole } })
    expect(whole).toMatchObject({ name: 'of everything', role: 'viewer' })
    const limited = await authenticateToken({ ctx: product.ctx, input: { token: sample.tokens.limited } })
    expect(limited).toMatchObject({ name: 'of the shop', role: 'operator', sourceIds: [sample.sourceId] })
    if (!limited) throw new Error('unreachable: it was compared above')
    const ctx = { ...product.ctx, actor: limited, db: await limitToSources(product.ctx.db, [sample.sourceId]) }
    expect((await listSources({ ctx, input: { limit: 50 } })).items.map(({ name }) => name)).toEqual(['shop'])
    expect((await listBackups({ ctx, input: { limit: 50, sort: '-startedAt' } })).items).toHaveLength(8)
  })

  it('a download in plain form is what pg_dump wrote, and pg_restore restores it', async () => {
    const id = sample.backups.plain
    const { manifest } = await getBackup({ ctx: product.ctx, input: { id } })
    expect(manifest).toEqual(JSON.parse(await readFile(path.join(await folderOf(id), 'manifest.json'), 'utf8')))
    const [archive] = dataPartsOf(manifestSchema.parse(manifest))
    const { signal } = new AbortController()
    const { stream } = await openDownload({ ctx: product.ctx, input: { id, form: 'plain' }, signal })
    const bytes = await buffer(stream)
    expect(createHash('sha256').update(bytes).digest('hex')).toBe(archive?.sourceSha256)
    await pg.sql('CREATE DATABASE by_hand')
    const file = path.join(home.path, 'shop.dump')
    await writeFile(file, bytes)
    const address = ['-h', pg.host, '-p', String(pg.port), '-U', 'postgres', '-d', 'by_hand']
    execFileSync(path.join(pg.bin, 'pg_restore'), ['--exit-on-error', ...address, file], {
      env: { ...process.env, PGPASSWORD: sample.sourcePassword },
      stdio: 'pipe',
    })
    expect(await digestOf(pg, 'by_hand')).toEqual(sample.content)
  })

  it('its recovery kit opens the backup that was wrapped for it later, with age and zstd alone', async () => {
    const id = sample.backups.rewrapped
    const to = path.join(home.path, 'by-hand')
    await cp(await folderOf(id), to, { recursive: true })
    const kit = await readFile(path.join(sampleFolder, 'test-recovery-kit.txt'), 'utf8')
    await writeFile(path.join(to, 'holdfast-recovery-kit.txt'), kit)
    const unwrap = /^# *(for file in identity.*)$/m.exec(kit)?.[1] ?? ''
    const open = 'age -d -i backup.key archive.dump.zst.age | zstd -dc | sha256sum'
    const out = execFileSync('bash', ['-ec', `set -o pipefail; ${unwrap}\n${open}`], { cwd: to, encoding: 'utf8' })
    const [archive] = dataPartsOf(manifestSchema.parse((await getBackup({ ctx: product.ctx, input: { id } })).manifest))
    expect(out.slice(0, 64)).toBe(archive?.sourceSha256)
  })

  it('the copy that was missing is caught up', async () => {
    await product.startWorker()
    const input = { backupId: sample.backups.partial, destinationId: sample.destinations.south }
    await startCopy({ ctx: product.ctx, input }).catch((error: unknown) => {
      // The worker was quicker.
      if (!(error instanceof HoldfastError) || !['already-running', 'copy-stored'].includes(error.code)) throw error
    })
    await waitFor('the copy', async () => {
      const { status } = await getBackup({ ctx: product.ctx, input: { id: sample.backups.partial } })
      return status === 'succeeded'
    })
    const [north, south] = [
      await signatureOf(sample.backups.partial),
      await signatureOf(sample.backups.partial, 'south'),
    ]
    expect(south.equals(north)).toBe(true)
  })

  it('restore tests of all levels pass on every form', async () => {
    const levels = ['quick', 'standard', 'comprehensive'] as const
    const { plain, parallel, gzip, xz, lz4, rewrapped } = sample.backups
    const started: { jobId: string }[] = []
    for (const backupId of [plain, parallel, gzip, xz, lz4, rewrapped]) {
      for (const level of levels) started.push(await startRestoreTest({ ctx: product.ctx, input: { backupId, level } }))
    }
    for (const { jobId } of started) {
      const { restoreTestId } = await product.finished(jobId, 110_000)
      const row = await product.ctx.db.restoreTest.findUnique({ where: { id: restoreTestId ?? '' } })
      expect(row).toMatchObject({ verdict: 'passed' })
    }
  }, 120_000)

  it('a backup is restored into a new database with the same rows', async () => {
    const target = { database: 'again', owners: 'keep' as const }
    await succeeded(await startRestore({ ctx: product.ctx, input: { backupId: sample.backups.parallel, target } }))
    expect(await digestOf(pg, 'again')).toEqual(sample.content)
  })

  it('retention keeps what it kept, and nothing in the destinations is unknown', async () => {
    const preview = await previewRetention({
      ctx: product.ctx,
      input: { sourceId: sample.sourceId, rules: { keepLast: 100, gfs: { monthly: 12 } } },
    })
    expect(preview).toMatchObject({ keepCount: 8, deleteCount: 0 })
    const found = []
    for (const id of Object.values(sample.destinations)) {
      await succeeded(await startedOrRunning(startCare({ ctx: product.ctx, input: { id, kind: 'inventory' } })))
      found.push((await getDestination({ ctx: product.ctx, input: { id } })).care.inventory)
    }
    const nothing = { unknownObjects: 0, unknownBytes: 0, brokenCopies: 0 }
    expect(found).toMatchObject([nothing, nothing])
  })

  it('the next backup goes on with the numbers and the signatures', async () => {
    const { sourceId } = sample
    const { backupId } = await succeeded(await startBackup({ ctx: product.ctx, input: { sourceId } }))
    const { document } = JSON.parse((await signatureOf(backupId ?? '')).toString())
    const signature = manifestSignatureSchema.parse(document)
    const sha256 = createHash('sha256')
      .update(await signatureOf(sample.backups.partial))
      .digest('hex')
    expect(signature).toMatchObject({ sequence: 10, previous: { sequence: 9, sha256 } })
    for (const place of ['north', 'south']) {
      await waitFor(`the list in ${place}`, async () => {
        const answer = JSON.stringify(await verify(place))
        return answer.includes('"findings":[]')
      })
      expect(await verify(place)).toMatchObject({ sources: [{ backups: 9, newest: { sequence: 10 }, findings: [] }] })
    }
  })
})
