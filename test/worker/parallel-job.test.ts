import { execFileSync } from 'node:child_process'
import { createWriteStream } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { pipeline } from 'node:stream/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { manifestSchema } from '@/lib/core/repository/manifest'
import { getBackup } from '@/lib/services/backup/get-backup'
import { openDownload } from '@/lib/services/backup/open-download'
import { startBackup } from '@/lib/services/backup/start-backup'
import { startRestoreTest } from '@/lib/services/restore-test/start-restore-test'
import { startRestore } from '@/lib/services/restore/start-restore'
import { createRecoveryKit } from '@/lib/services/settings/create-recovery-kit'
import { startPostgres, type TestPostgres } from '../helpers/postgres'
import { contentDigest, nastyDatabase } from '../helpers/postgres-content'
import { startProduct, type Product } from '../helpers/product'
import { makeBucket, type TestBucket } from '../helpers/s3'

describe('a backup in several parts, from the job to the hands of an administrator', () => {
  let product: Product
  let pg: TestPostgres
  let bucket: TestBucket
  let sourceId: string
  let backupId: string
  let original: Record<string, string>
  let recoveryKit: string

  const digestOf = async (database: string) => contentDigest(await pg.connect(database))
  const inShell = (script: string, cwd: string) =>
    execFileSync('bash', ['-c', `set -euo pipefail; ${script}`], {
      cwd,
      env: { ...process.env, PGHOST: pg.host, PGPORT: String(pg.port), PGUSER: 'postgres' },
      stdio: ['ignore', 'ignore', 'pipe'],
    })

  beforeAll(async () => {
    ;[product, pg, bucket] = await Promise.all([startProduct(), startPostgres(), makeBucket()])
    await pg.sql('CREATE DATABASE shop')
    await nastyDatabase(await pg.connect('shop'))
    await pg.sql(
      `CREATE TABLE first AS SELECT g AS id, md5(g::text) AS text FROM generate_series(1, 60000) g;
       CREATE TABLE second AS SELECT g AS id, md5(g::text) AS text FROM generate_series(1, 50000) g;
       ALTER TABLE second ADD PRIMARY KEY (id)`,
      'shop',
    )
    await pg.sql('VACUUM ANALYZE', 'shop')
    original = await digestOf('shop')
    recoveryKit = (await createRecoveryKit({ ctx: product.ctx, input: { replace: false } })).text
    sourceId = await product.addSource(pg.source({ connection: { database: 'shop' } }), { parallelism: 3 })
    await product.startWorker()
  })
  afterAll(async () => {
    await product.close()
    await pg.close()
    bucket.close()
  })

  it('stores each part as an object of its own', async () => {
    const destination = await product.addDestination(bucket.spec())
    const { jobId } = await startBackup({ ctx: product.ctx, input: { sourceId, destinationIds: [destination] } })
    const job = await product.finished(jobId)
    expect(job).toMatchObject({ state: 'succeeded', attempt: 1 })
    backupId = job.backupId ?? ''
    const backup = await getBackup({ ctx: product.ctx, input: { id: backupId } })
    const { parts } = manifestSchema.parse(backup.manifest)
    expect(parts.map((part) => part.file)).toEqual([
      'globals.sql.zst.age',
      'archive.dump.zst.age',
      'data-1.dump.zst.age',
      'data-2.dump.zst.age',
    ])
    expect(parts.flatMap((part) => part.tables ?? []).map(({ name }) => name)).toEqual(['first', 'second', 'big'])
    expect(backup.sourceBytes).toBe(parts.reduce((sum, part) => sum + part.sourceBytes, 0))
  })

  it('is proven at the comprehensive level', async () => {
    const { jobId } = await startRestoreTest({ ctx: product.ctx, input: { backupId, level: 'comprehensive' } })
    expect(await product.finished(jobId)).toMatchObject({ state: 'succeeded' })
    expect(await getBackup({ ctx: product.ctx, input: { id: backupId } })).toMatchObject({ verified: 'proven' })
  })

  it('is restored whole into a new database with the same content', async () => {
    const input = { backupId, target: { database: 'whole', owners: 'keep' as const } }
    const { jobId } = await startRestore({ ctx: product.ctx, input })
    expect(await product.finished(jobId)).toMatchObject({ state: 'succeeded' })
    expect(await digestOf('whole')).toEqual(original)
  })

  it('is restored by the lines of its manifest, with the recovery kit and standard tools alone (fault 24)', async () => {
    const folder = path.join(product.home, 'by-hand')
    await mkdir(folder)
    for (const name of await bucket.names())
      await writeFile(path.join(folder, path.basename(name)), await bucket.read(name))
    await writeFile(path.join(folder, 'holdfast-recovery-kit.txt'), recoveryKit)
    const { manifest } = await getBackup({ ctx: product.ctx, input: { id: backupId } })
    const steps = manifestSchema.parse(manifest).howToRestore
    const command = /^(?:Unwrap [^:]*|Make an empty database|Tables|Rows|Indexes and constraints): (.+)$/
    const commands = steps.flatMap((step) => command.exec(step)?.[1] ?? [])
    expect(commands).toHaveLength(7)
    inShell(commands.join('\n'), folder)
    expect(await digestOf('restored')).toEqual(original)
  })

  it('downloads as a tar whose note says how its archives go together', async () => {
    const signal = new AbortController().signal
    const download = await openDownload({ ctx: product.ctx, input: { id: backupId, form: 'plain' }, signal })
    expect(download.fileName).toMatch(/\.tar$/)
    const folder = path.join(product.home, 'download')
    await mkdir(folder)
    await pipeline(download.stream, createWriteStream(path.join(folder, 'all.tar')))
    inShell('tar -xf all.tar && createdb -T template0 downloaded', folder)
    inShell(
      `sed -n '/pg_restore/p' HOW-TO-RESTORE.txt | sed 's/-d restored/-d downloaded/' > steps && . ./steps`,
      folder,
    )
    expect(await digestOf('downloaded')).toEqual(original)
  })

  it('brings back one table alone', async () => {
    const only = { schemas: [], tables: [{ schema: 'public', name: 'second' }] }
    const input = { backupId, target: { database: 'one table', owners: 'keep' as const, only } }
    const { jobId } = await startRestore({ ctx: product.ctx, input })
    expect(await product.finished(jobId)).toMatchObject({ state: 'succeeded' })
    expect(await pg.sql('SELECT count(*)::int AS rows FROM second', 'one table')).toEqual([{ rows: 50_000 }])
  })
})
