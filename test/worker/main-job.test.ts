import { createWriteStream } from 'node:fs'
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { execFileSync } from 'node:child_process'
import path from 'node:path'
import { pipeline } from 'node:stream/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { getBackup } from '@/lib/services/backup/get-backup'
import { openDownload } from '@/lib/services/backup/open-download'
import { signedListOf } from '@/lib/core/repository/paths'
import { startBackup } from '@/lib/services/backup/start-backup'
import { getRestoreTest } from '@/lib/services/restore-test/get-restore-test'
import { startRestoreTest } from '@/lib/services/restore-test/start-restore-test'
import { startRestore } from '@/lib/services/restore/start-restore'
import { getStatus } from '@/lib/services/status/get-status'
import { createRecoveryKit } from '@/lib/services/settings/create-recovery-kit'
import { shellBlocks } from '../helpers/databases/hand-commands'
import { startPostgres, type TestPostgres } from '../helpers/servers/postgres'
import { digestOf, nastyDatabase } from '../helpers/databases/postgres-content'
import { startProduct, type Product } from '../helpers/product'
import { makeBucket, type TestBucket } from '../helpers/servers/s3'

describe('the main job on a real database, a real S3 store and a local folder', () => {
  let product: Product
  let pg: TestPostgres
  let bucket: TestBucket
  let sourceId: string
  let backupId: string
  let original: Record<string, string>
  let recoveryKit: string

  /** Owners, rights and settings of the database and its roles. */
  const ownersOf = async (server: TestPostgres) => [
    ...(await server.sql(
      `SELECT pg_get_userbyid(datdba) AS owner, datacl::text, pg_encoding_to_char(encoding), datcollate, datctype
         FROM pg_database WHERE datname LIKE 'shop%'`,
    )),
    ...(await server.sql(`SELECT rolname, rolsuper, rolcanlogin, rolconfig FROM pg_roles ORDER BY 1`)),
  ]

  beforeAll(async () => {
    ;[product, pg, bucket] = await Promise.all([
      startProduct(),
      startPostgres({ password: 'sec ret\'"\\' }),
      makeBucket(),
    ])
    await pg.sql('CREATE DATABASE "shop ""x"" =ü"')
    const client = await pg.connect('shop "x" =ü')
    await nastyDatabase(client)
    await client.end()
    original = await digestOf(pg, 'shop "x" =ü')
    recoveryKit = (await createRecoveryKit({ ctx: product.ctx, input: { replace: false } })).text
    sourceId = await product.addSource(pg.source({ connection: { database: 'shop "x" =ü' } }))
    await product.startWorker()
  })
  afterAll(async () => {
    await product.close()
    await pg.close()
    bucket.close()
  })

  it('backs up to both destinations and records what was stored', async () => {
    const local = await product.addLocalDestination()
    const s3 = await product.addDestination(bucket.spec())
    const { jobId } = await startBackup({ ctx: product.ctx, input: { sourceId, destinationIds: [local.id, s3] } })
    const job = await product.finished(jobId)
    expect(job).toMatchObject({ state: 'succeeded', attempt: 1 })
    backupId = job.backupId ?? ''
    const backup = await getBackup({ ctx: product.ctx, input: { id: backupId } })
    expect(backup).toMatchObject({ status: 'succeeded', verified: 'unproven', error: null })
    expect(backup.copies.map((copy) => copy.state)).toEqual(['stored', 'stored'])
    const names = (await bucket.names()).filter((name) => !signedListOf(name)).map((name) => path.basename(name))
    expect(names.sort()).toEqual([
      'RESTORE.md',
      'archive.dump.zst.age',
      'globals.sql.zst.age',
      'identity.age',
      'manifest.json',
      'manifest.sig.json',
    ])
  })

  it('proves it by a restore into a sandbox and says so on the backup', async () => {
    const { jobId } = await startRestoreTest({ ctx: product.ctx, input: { sourceId, level: 'standard' } })
    const job = await product.finished(jobId)
    const test = await getRestoreTest({ ctx: product.ctx, input: { id: job.restoreTestId ?? '' } })
    expect(test.checks.filter((check) => check.verdict !== 'passed')).toEqual([])
    expect(test).toMatchObject({ verdict: 'passed', backupId })
    expect(test.checks.map((check) => check.name)).toEqual(
      expect.arrayContaining(['copy-present', 'restores-without-errors', 'object-inventory', 'row-counts']),
    )
    expect(await getBackup({ ctx: product.ctx, input: { id: backupId } })).toMatchObject({ verified: 'proven' })
    const status = await getStatus({ ctx: product.ctx })
    expect(status.totals).toMatchObject({ sources: 1, protectedSources: 1, provenSources: 1 })
  })

  it('downloads the archive, and what pg_restore makes of it equals the original (fault 12)', async () => {
    const signal = new AbortController().signal
    const download = await openDownload({ ctx: product.ctx, input: { id: backupId, form: 'plain' }, signal })
    const file = path.join(product.home, 'download.dump')
    await pipeline(download.stream, createWriteStream(file))
    await pg.sql('CREATE DATABASE elsewhere TEMPLATE template0')
    runTool('pg_restore', ['--exit-on-error', '-d', 'elsewhere', file])
    expect(await digestOf(pg, 'elsewhere')).toEqual(original)
  })

  it('downloads one script that psql restores to the same content', async () => {
    const signal = new AbortController().signal
    const download = await openDownload({ ctx: product.ctx, input: { id: backupId, form: 'sql' }, signal })
    const file = path.join(product.home, 'download.sql')
    await pipeline(download.stream, createWriteStream(file))
    await pg.sql('CREATE DATABASE scripted TEMPLATE template0')
    runTool('psql', ['-X', '-q', '-v', 'ON_ERROR_STOP=1', '-d', 'scripted', '-f', file])
    expect(await digestOf(pg, 'scripted')).toEqual(original)
  })

  it('restores into a new database with the same content', async () => {
    const { jobId } = await startRestore({
      ctx: product.ctx,
      input: { backupId, target: { database: 'restored "here"', owners: 'keep' } },
    })
    expect(await product.finished(jobId)).toMatchObject({ state: 'succeeded' })
    expect(await digestOf(pg, 'restored "here"')).toEqual(original)
  })

  it('refuses to restore over a database that exists, and leaves it untouched (fault 85)', async () => {
    const { jobId } = await startRestore({
      ctx: product.ctx,
      input: { backupId, target: { database: 'restored "here"', owners: 'keep' } },
    })
    const job = await product.finished(jobId)
    expect(job).toMatchObject({ state: 'failed', error: { code: 'target-exists' } })
    expect(await digestOf(pg, 'restored "here"')).toEqual(original)
  })

  it('is restored on another server by what docs/recovery.md and RESTORE.md say, word for word, roles included (fault 24, security 4)', async () => {
    const folder = path.join(product.home, 'without-holdfast')
    execFileSync('mkdir', ['-p', folder])
    const names = await bucket.names()
    for (const name of names) {
      execFileSync('tee', [path.join(folder, path.basename(name))], {
        input: await bucket.read(name),
        stdio: ['pipe', 'ignore', 'inherit'],
      })
    }
    execFileSync('tee', [path.join(folder, 'holdfast-recovery-kit.txt')], {
      input: recoveryKit,
      stdio: ['pipe', 'ignore', 'inherit'],
    })
    const page = shellBlocks(await readFile('docs/recovery.md', 'utf8')).slice(0, 2)
    const elsewhere = await startPostgres()
    try {
      const server = { PGHOST: elsewhere.host, PGPORT: String(elsewhere.port), PGUSER: 'postgres' }
      for (const block of page) {
        execFileSync('bash', ['-ec', block], { cwd: folder, env: { ...process.env, ...server }, stdio: 'pipe' })
      }
      expect(page.join('\n')).toContain('bash restore.sh')
      expect(await digestOf(elsewhere, 'shop "x" =ü')).toEqual(original)
      expect(await ownersOf(elsewhere)).toEqual(await ownersOf(pg))
    } finally {
      await elsewhere.close()
    }
    expect(await readdir(folder)).not.toContain('backup.key')

    // A page that the manifest does not name is somebody else's.
    const forged = path.join(product.home, 'forged')
    await mkdir(forged)
    await writeFile(path.join(forged, 'manifest.json'), '{"howToRestore":[]}')
    await writeFile(path.join(forged, 'RESTORE.md'), '```sh\ntouch typed\n```\n')
    expect(() => execFileSync('bash', ['-ec', page[1] ?? ''], { cwd: forged, stdio: 'pipe' })).toThrow()
    expect(await readdir(forged)).not.toContain('typed')
    expect(await readFile(path.join(folder, 'manifest.json'), 'utf8')).not.toContain('AGE-SECRET-KEY')
  })

  it('keeps every secret out of the catalog, the log and the answers (security 8, security 11)', async () => {
    const text = JSON.stringify(
      await product.ctx.db.$queryRaw`SELECT to_jsonb(s) FROM source s UNION ALL SELECT to_jsonb(j) FROM job j
        UNION ALL SELECT to_jsonb(b) FROM backup_history b UNION ALL SELECT to_jsonb(a) FROM audit_event a`,
    )
    expect(text).not.toContain('sec ret')
    expect(text).not.toContain('AGE-SECRET-KEY')
  })

  function toolEnv(): Record<string, string> {
    return { PGHOST: pg.host, PGPORT: String(pg.port), PGUSER: 'postgres', PGPASSWORD: 'sec ret\'"\\' }
  }
  function runTool(tool: string, args: string[]): void {
    execFileSync(tool, args, { env: { ...process.env, ...toolEnv() }, stdio: ['ignore', 'ignore', 'pipe'] })
  }
})
