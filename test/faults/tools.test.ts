import { chmod, mkdir, readdir, rename, symlink, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { startBackup } from '@/lib/services/backup/start-backup'
import { cancelJob } from '@/lib/services/job/cancel-job'
import { startRestoreTest } from '@/lib/services/restore-test/start-restore-test'
import { startRestore } from '@/lib/services/restore/start-restore'
import { startPostgres, type TestPostgres } from '../helpers/servers/postgres'
import { processesNaming } from '../helpers/processes'
import { startProduct, type Product, type WorkerProcess } from '../helpers/product'
import { restorableSet, strayObjects } from '../helpers/databases/restorable-set'
import { tempDir } from '../helpers/temp'
import { waitFor } from '../helpers/wait-for'

const rows = `CREATE TABLE item AS SELECT id, encode(sha512(id::text::bytea), 'hex') AS text FROM generate_series(1, 40000) AS id`
const realBin = '/usr/lib/postgresql/15/bin'
const fixtures = path.resolve(import.meta.dirname, '../fixtures/bin')
const tools = { pg_dump: realBin, pg_dumpall: realBin, pg_restore: realBin, zstd: '/usr/bin' }
type Tool = keyof typeof tools

describe('tools that misbehave', () => {
  let product: Product
  let pg: TestPostgres
  let folder: Awaited<ReturnType<typeof tempDir>>
  let bin: string
  let worker: WorkerProcess
  let sourceId: string
  let local: { id: string; folder: string }
  let good: string

  /** The worker's tool of that name runs `script` instead, where `$REAL` is the real one. */
  const pretend = async (tool: Tool, script: string) => {
    const file = path.join(bin, tool)
    const head = `#!/bin/bash\nREAL=${tools[tool]}/${tool}\nFIXTURES=${fixtures}\ncase "$1" in --version|-V) exec "$REAL" "$1";; esac\n`
    await writeFile(`${file}.new`, `${head}${script}\n`)
    await chmod(`${file}.new`, 0o755)
    // Renamed: a running shell goes on reading the file it was started from.
    await rename(`${file}.new`, file)
  }
  const heal = () => Promise.all((Object.keys(tools) as Tool[]).map((tool) => pretend(tool, 'exec "$REAL" "$@"')))

  beforeAll(async () => {
    ;[product, pg] = await Promise.all([startProduct(), startPostgres()])
    await pg.sql(rows)
    // The sandbox's user runs pg_restore from here too, and must not see into the home.
    folder = await tempDir('tools')
    await chmod(folder.path, 0o711)
    bin = path.join(folder.path, 'bin')
    await mkdir(bin)
    await chmod(bin, 0o755)
    await heal()
    for (const name of await readdir(realBin))
      await symlink(path.join(realBin, name), path.join(bin, name)).catch(() => null)
    sourceId = await product.addSource(pg.source(), { maxAttempts: 1 })
    local = await product.addLocalDestination()
    worker = await product.startWorker({ HOLDFAST_PG_BIN: bin, PATH: `${bin}:${process.env['PATH'] ?? ''}` })
    const job = await back()
    expect(job.state).toBe('succeeded')
    good = job.backupId ?? ''
  })
  afterAll(async () => {
    await product.close()
    await pg.close()
    await folder.remove()
  })
  afterEach(async () => {
    await heal()
    await waitFor('the tools to be gone', () => toolsRunning().length === 0, 10_000)
    await waitFor('whole backups only', async () => (await strayObjects(product.ctx)).length === 0, 10_000)
    expect(await restorableSet(product.ctx)).toEqual([expect.stringMatching(`^${good}@[^:]*$`)])
  })

  const toolsRunning = () =>
    [...processesNaming(`${bin}/`), ...processesNaming(`PGPORT=${pg.port}`)].filter(
      (command) => !command.includes('test-worker'),
    )
  const begin = async () =>
    (await startBackup({ ctx: product.ctx, input: { sourceId, destinationIds: [local.id] } })).jobId
  const back = async () => product.finished(await begin())
  const test = async (level: 'quick' | 'standard') =>
    (await startRestoreTest({ ctx: product.ctx, input: { backupId: good, level } })).jobId
  const restore = async (database: string) =>
    (await startRestore({ ctx: product.ctx, input: { backupId: good, target: { database, owners: 'keep' } } })).jobId

  it.each<[string, Tool, string, string]>([
    ['compressor that dies in the middle (fault 2)', 'zstd', '"$REAL" "$@" | head -c 500000; exit 1', 'command-failed'],
    ['compressor that is killed (fault 2)', 'zstd', '"$REAL" "$@" | head -c 500000; kill -9 $$', 'command-failed'],
    [
      'list of roles that cannot be read (fault 1)',
      'pg_dumpall',
      'echo "-- half"; echo "pg_dumpall: error: no" >&2; exit 1',
      'producer-failed',
    ],
    ['list of roles that is empty (fault 3)', 'pg_dumpall', 'exit 0', 'producer-truncated'],
  ])('a %s fails the backup and takes nothing with it', async (_, tool, script, code) => {
    await pretend(tool, script)
    const job = await back()
    expect(job).toMatchObject({ state: 'failed', error: { code } })
  })

  it('a dump that floods stderr with warnings neither blocks nor fills the log (fault 1)', async () => {
    await pretend('pg_dump', '"$FIXTURES/stderr-flood" > /dev/null; "$REAL" "$@"; "$FIXTURES/stderr-flood" >&2; exit 1')
    const job = await back()
    expect(job).toMatchObject({ state: 'failed', error: { code: 'producer-failed' } })
    const row = await product.ctx.db.job.findUniqueOrThrow({ where: { id: job.id } })
    expect(JSON.stringify(row.error).length + (row.log ?? '').length).toBeLessThan(200_000)
  })

  it('a family of tools that hangs and ignores SIGTERM is gone within seconds of a cancel (fault 11)', async () => {
    await pretend('pg_dump', 'head -c 1000000 < <("$REAL" "$@") ; exec "$FIXTURES/stubborn-family"')
    const jobId = await begin()
    await waitFor('the family to run', () => processesNaming('stubborn-family').length >= 1)
    await cancelJob({ ctx: product.ctx, input: { id: jobId } })
    expect(await product.finished(jobId, 20_000)).toMatchObject({ state: 'cancelled' })
    await waitFor('the family to be gone', () => toolsRunning().length === 0, 10_000)
  })

  it.each<[string, string, string[]]>([
    ['dies in the middle', 'head -c 1000000 > /dev/null; exit 1', ['failed']],
    // Killed, perhaps for want of memory: that says nothing about the backup.
    ['is killed', 'head -c 1000000 > /dev/null; kill -9 $$', ['inconclusive']],
    ['exits 0 and restored nothing', 'cat > /dev/null; exit 0', ['failed', 'inconclusive']],
  ])('a pg_restore that %s proves nothing (fault 46)', async (_, script, verdicts) => {
    // With a file name it only lists or reads an archive.
    await pretend('pg_restore', `case "$*" in *--dbname*) ${script};; *) exec "$REAL" "$@";; esac`)
    const tested = await product.finished(await test('standard'))
    expect(tested.state).toBe('failed')
    const row = await product.ctx.db.restoreTest.findFirstOrThrow({ where: { jobId: tested.id } })
    // A tool's fault is not the backup's: with the real one it is proven.
    await heal()
    expect(await product.finished(await test('standard'))).toMatchObject({ state: 'succeeded' })
    expect(verdicts, JSON.stringify(row.checks)).toContain(row.verdict)
  })

  it.each<[string, string]>([
    ['dies in the middle', 'head -c 1000000 > /dev/null; exit 1'],
    ['is killed', 'head -c 1000000 > /dev/null; kill -9 $$'],
  ])('a restore whose pg_restore %s leaves no database that looks finished (fault 86)', async (_, script) => {
    await pretend('pg_restore', `case "$*" in *--dbname*) ${script};; *) exec "$REAL" "$@";; esac`)
    expect(await product.finished(await restore('target'))).toMatchObject({ state: 'failed' })
    expect(await pg.sql("SELECT datname FROM pg_database WHERE datname LIKE 'target%'")).toEqual([])
    expect(worker.output()).not.toContain('unhandled')
  })
})
