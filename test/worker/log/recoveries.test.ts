import { execFile } from 'node:child_process'
import { chownSync, existsSync, readdirSync, statSync } from 'node:fs'
import { chmod, mkdir, rm, symlink } from 'node:fs/promises'
import path from 'node:path'
import { promisify } from 'node:util'
import { Client } from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { StartRecovery } from '@/lib/contracts/recovery/recoveries'
import type { HoldfastError } from '@/lib/core/holdfast-error'
import { toJson } from '@/lib/db/to-json'
import { sandboxFolders, sandboxPrefix } from '@/lib/sandbox/folders'
import { deleteBackup } from '@/lib/services/backup/delete-backup'
import { checkRecovery } from '@/lib/services/recovery/check-recovery'
import { createRestorePoint } from '@/lib/services/recovery/create-restore-point'
import { endRecovery } from '@/lib/services/recovery/end-recovery'
import { extendRecovery } from '@/lib/services/recovery/extend-recovery'
import { getRecovery } from '@/lib/services/recovery/get-recovery'
import { getWindows } from '@/lib/services/recovery/get-windows'
import { queryRecovery } from '@/lib/services/recovery/query-recovery'
import { startRecovery } from '@/lib/services/recovery/start-recovery'
import { sourceOptions } from '@/lib/services/source/source-options'
import { buildCli } from '../../helpers/build-cli'
import { startServerOn } from '../../helpers/databases/start-on'
import { followedLog } from '../../helpers/followed-log'
import { startProduct, type Product, type WorkerProcess } from '../../helpers/product'
import { offerPostgres17 } from '../../helpers/servers/postgres-17'
import { startPostgres, type TestPostgres } from '../../helpers/servers/postgres'
import { tempDir } from '../../helpers/temp'
import { waitFor } from '../../helpers/wait-for'

const root = path.resolve(import.meta.dirname, '../../..')

/** A transaction with one row of its own. */
interface Commit {
  id: number
  xid: string
  /** At or after the end of its record, and before the next one's. */
  lsn: string
}

describe.each([15, 17] as const)('a source on PostgreSQL %i', (major) => {
  let product: Product
  let worker: WorkerProcess
  let server: TestPostgres
  let sourceId: string
  let log: ReturnType<typeof followedLog>
  const commits: Commit[] = []
  const workerEnv: Record<string, string> = {}
  const startedAt = new Date()

  async function commit(count: number): Promise<void> {
    const client = await server.connect('postgres')
    for (let index = 0; index < count; index += 1) {
      const id = commits.length + 1
      await client.query('BEGIN')
      await client.query('INSERT INTO t VALUES ($1, repeat($2, 500))', [id, String(id % 10)])
      const { rows: own } = await client.query<{ xid: string }>('SELECT pg_current_xact_id()::text AS xid')
      await client.query('COMMIT')
      const { rows: after } = await client.query<{ lsn: string }>('SELECT pg_current_wal_lsn()::text AS lsn')
      commits.push({ id, xid: own[0]?.xid ?? '', lsn: after[0]?.lsn ?? '' })
    }
    await client.end()
  }
  const ids = (to: number) => Array.from({ length: to }, (_, index) => index + 1)
  const nth = (id: number): Commit => {
    const found = commits[id - 1]
    if (!found) throw new Error(`there is no transaction ${id}`)
    return found
  }

  beforeAll(async () => {
    if (major === 17) workerEnv['HOLDFAST_PG_BIN'] = await offerPostgres17()
    const settings = { archive_mode: 'on', archive_command: 'touch %p.archived', max_connections: '57' }
    server = await startPostgres({ major, settings })
    await server.sql('CREATE TABLE t (id int PRIMARY KEY, filler text); CREATE TABLE other AS SELECT 1 AS one')
    product = await startProduct()
    sourceId = await product.addSource(server.source())
    log = followedLog(product, sourceId)
    await product.addLocalDestination()
    worker = await product.startWorker(workerEnv)
    await log.protect({ continuous: true, sliceMs: 2_000 })
    await waitFor('the first window', async () => (await windows()).windows.length > 0)
    await commit(20)
    await createRestorePoint({ ctx: product.ctx, input: { sourceId, name: 'before the mistake' } })
    await commit(30)
    await server.sql('SELECT pg_switch_wal()')
    await commit(50)
    await server.sql('DELETE FROM t WHERE id <= 90')
    await log.stored(server)
  }, 240_000)
  afterAll(async () => {
    await product?.close()
    await server?.close()
  })

  const windows = () => getWindows({ ctx: product.ctx, input: { sourceId } })
  const start = (input: Omit<StartRecovery, 'sourceId'>) =>
    startRecovery({ ctx: product.ctx, input: { sourceId, ...input } })
  const recovery = (id: string) => getRecovery({ ctx: product.ctx, input: { id } })
  /** Of the server's user, as its folders are. */
  async function handOverParent(name: string): Promise<string> {
    const parent = path.join(path.dirname(server.dataDir), name)
    await mkdir(parent)
    const { uid, gid } = statSync(server.dataDir)
    chownSync(parent, uid, gid)
    return parent
  }
  const ready = (id: string) =>
    waitFor(
      'the look to be open',
      async () => {
        const found = await recovery(id)
        if (found.state === 'failed') throw new Error(JSON.stringify(found.error))
        return found.state === 'ready' && found
      },
      120_000,
    )
  const succeeded = async (jobId: string) => {
    const { state, error } = await product.finished(jobId, 180_000)
    expect(error).toBeUndefined()
    expect(state).toBe('succeeded')
  }
  const ask = (id: string, sql: string, database?: string) =>
    queryRecovery({ ctx: product.ctx, input: { id, sql, ...(database === undefined ? {} : { database }) } })
  const sandboxes = () =>
    sandboxFolders(path.join(product.home, 'sandboxes')).flatMap((folder) =>
      existsSync(folder) ? readdirSync(folder).filter((name) => name.startsWith(sandboxPrefix)) : [],
    )

  it('is looked at as it was at a named moment, and only read', async () => {
    expect((await windows()).restorePoints).toMatchObject([{ name: 'before the mistake', timeline: '00000001' }])
    const { recoveryId, jobId } = await start({ use: 'look', target: { type: 'name', value: 'before the mistake' } })
    const open = await ready(recoveryId)
    expect(open).toMatchObject({ use: 'look', plan: { as: 'name', timeline: '00000001' }, place: null })
    expect(open.databases).toEqual(['postgres', 'template1'])
    expect((await ask(recoveryId, 'SELECT id FROM t ORDER BY id')).rows.flat().map(Number)).toEqual(ids(20))
    expect(await ask(recoveryId, 'SELECT 1 AS a, NULL AS b, 1.50::numeric AS c', 'template1')).toMatchObject({
      ...{ columns: ['a', 'b', 'c'], rows: [['1', null, '1.50']], truncated: false },
    })
    expect((await ask(recoveryId, 'SHOW transaction_read_only')).rows).toEqual([['on']])
    for (const sql of [
      'DELETE FROM t',
      'COMMIT',
      "COPY t TO PROGRAM 'true'",
      'DO $$ BEGIN END $$',
      '/* x */ SET role none',
    ])
      await expect(ask(recoveryId, sql)).rejects.toMatchObject({ code: 'query-refused' })
    for (const sql of [
      'SELECT 1; DELETE FROM t',
      'SELECT nothing',
      'WITH gone AS (DELETE FROM t RETURNING 1) SELECT * FROM gone',
    ])
      await expect(ask(recoveryId, sql)).rejects.toMatchObject({ code: 'query-failed' })
    const many = await ask(recoveryId, 'SELECT n FROM generate_series(1, 5000) n')
    expect(many).toMatchObject({ truncated: true })
    expect(many.rows).toHaveLength(1_000)

    const extended = await extendRecovery({ ctx: product.ctx, input: { id: recoveryId } })
    expect(Date.parse(extended.expiresAt ?? '')).toBeGreaterThan(Date.parse(open.expiresAt ?? ''))
    expect(sandboxes()).toHaveLength(1)
    // Neither by retention nor by hand is what is in use removed (fault 77).
    const id = open.plan?.backupId ?? ''
    await expect(deleteBackup({ ctx: product.ctx, input: { id } })).rejects.toMatchObject({ code: 'backup-in-use' })
    await endRecovery({ ctx: product.ctx, input: { id: recoveryId } })
    await succeeded(jobId)
    expect(await recovery(recoveryId)).toMatchObject({ state: 'closed' })
    expect(sandboxes()).toEqual([])
    await expect(ask(recoveryId, 'SELECT 1')).rejects.toMatchObject({ code: 'look-closed' })

    const asked = await product.ctx.db.auditEvent.findMany({
      where: { action: 'recovery.query' },
      orderBy: { id: 'asc' },
    })
    expect(asked.map(({ detail }) => (detail as { sql: string }).sql)).toEqual(
      expect.arrayContaining(['SELECT id FROM t ORDER BY id', 'DELETE FROM t', 'SELECT 1; DELETE FROM t']),
    )
    expect(await product.ctx.db.recoveryQuery.count()).toBe(0)
  }, 180_000)

  it('gives back the table that was lost, as it was at a transaction', async () => {
    const { xid } = nth(60)
    const { recoveryId, jobId } = await start({
      use: 'take',
      target: { type: 'xid', value: xid },
      take: { only: { tables: [{ schema: 'public', name: 't' }] }, into: { database: 'taken' } },
    })
    await succeeded(jobId)
    expect(await recovery(recoveryId)).toMatchObject({ state: 'finished', reached: { xid }, plan: { as: 'xid' } })
    const rows = await server.sql('SELECT id, filler FROM t ORDER BY id', 'taken')
    expect(rows).toEqual(ids(60).map((id) => ({ id, filler: String(id % 10).repeat(500) })))
    expect(await server.sql("SELECT to_regclass('other')::text AS other", 'taken')).toEqual([{ other: null }])
    expect(sandboxes()).toEqual([])
    await expect(
      start({ use: 'take', target: { type: 'latest' }, take: { into: { database: 'taken' } } }),
    ).rejects.toMatchObject({ code: 'target-exists' })
    await expect(
      start({ use: 'take', target: { type: 'latest' }, take: { into: { database: 'x'.repeat(64) } } }),
    ).rejects.toMatchObject({ code: 'invalid-input' })
  }, 240_000)

  it('is handed over as a data directory that a server starts in, and that keeps to itself (fault 60)', async () => {
    const parent = await handOverParent('handed')
    const directory = path.join(parent, 'cluster')
    const target = { type: 'lsn' as const, value: nth(35).lsn }
    const { recoveryId, jobId } = await start({ use: 'hand-over', target, directory })
    await succeeded(jobId)
    expect(await recovery(recoveryId)).toMatchObject({ state: 'finished', place: directory })
    expect(readdirSync(parent)).toEqual(['cluster'])
    const started = await startServerOn(directory, server.bin)
    try {
      const client = new Client({ host: started.socketDir, port: started.port, user: 'postgres', database: 'postgres' })
      await client.connect()
      const { rows } = await client.query<{ id: number }>('SELECT id FROM t ORDER BY id')
      expect(rows.map(({ id }) => id)).toEqual(ids(35))
      const { rows: settings } = await client.query<{ name: string; setting: string }>(
        "SELECT name, setting FROM pg_settings WHERE name IN ('archive_mode', 'max_connections', 'primary_conninfo') ORDER BY name",
      )
      expect(settings.map(({ name, setting }) => [name, setting])).toEqual([
        ...[
          ['archive_mode', 'off'],
          ['max_connections', '57'],
          ['primary_conninfo', ''],
        ],
      ])
      await client.end()
    } finally {
      started.stop()
    }
    const again = await start({ use: 'hand-over', target, directory })
    expect(await product.finished(again.jobId)).toMatchObject({ state: 'failed', error: { code: 'target-exists' } })
    const own = await start({ use: 'hand-over', target, directory: path.join(product.home, 'backups', 'x') })
    expect(await product.finished(own.jobId)).toMatchObject({ state: 'failed', error: { code: 'target-invalid' } })
    expect(sandboxes()).toEqual([])
  }, 240_000)

  it('is not recovered to what cannot be reached, which is said beforehand with the nearest points (fault 61)', async () => {
    const [window] = (await windows()).windows
    const check = (target: StartRecovery['target']) => checkRecovery({ ctx: product.ctx, input: { sourceId, target } })
    const refused = (target: StartRecovery['target']) =>
      check(target).then(
        () => {
          throw new Error('it was planned')
        },
        (error: HoldfastError) => ({ code: error.code, ...error.facts }),
      )
    const jobs = await product.ctx.db.job.count()
    expect(await refused({ type: 'time', value: startedAt.toISOString() })).toMatchObject({
      ...{
        code: 'target-unreachable',
        reason: 'before-base',
        nearest: [{ after: { position: window?.fromPosition } }],
      },
    })
    expect(await refused({ type: 'time', value: new Date(Date.now() + 3_600_000).toISOString() })).toMatchObject({
      ...{ code: 'target-unreachable', reason: 'beyond-stored' },
    })
    expect(await refused({ type: 'lsn', value: 'FF/0' })).toMatchObject({ code: 'target-unreachable' })
    expect(await refused({ type: 'lsn', value: 'here' })).toMatchObject({ code: 'invalid-input' })
    await expect(
      start({ use: 'look', target: { type: 'time', value: startedAt.toISOString() } }),
    ).rejects.toMatchObject({
      code: 'target-unreachable',
    })
    expect(await product.ctx.db.job.count()).toBe(jobs)
    // Only the log can tell whether there was such a transaction.
    expect(await check({ type: 'xid', value: '3999999999' })).toEqual({ plan: null })
    const { jobId } = await start({ use: 'look', target: { type: 'xid', value: '3999999999' } })
    expect(await product.finished(jobId, 60_000)).toMatchObject({
      state: 'failed',
      error: { code: 'target-unreachable' },
    })
  }, 120_000)

  it('is looked at, taken from and handed over by the command line', async () => {
    const file = path.join(root, 'dist', `test-recover-${process.pid}.mjs`)
    await buildCli(file)
    const holdfast = async (...args: string[]) => {
      const env = {
        NODE_ENV: 'production' as const,
        PATH: process.env['PATH'],
        DATABASE_URL: product.url,
        HOLDFAST_HOME: product.home,
      }
      const { stdout } = await promisify(execFile)(process.execPath, [file, ...args], { env: { ...env, ...workerEnv } })
      return stdout
    }
    try {
      expect(await holdfast('restore-point', 'source 1', 'by hand')).toContain('"by hand" is ')
      const { id } = JSON.parse(await holdfast('recover', 'source 1', `lsn=${nth(10).lsn}`, '--look', '--json'))
      expect(await holdfast('query', id, 'SELECT max(id) AS newest, NULL AS none FROM t')).toBe(
        'NEWEST  NONE\n10      NULL\n',
      )
      await holdfast('end-look', id)
      const to = ['--to', 'by_hand', '--only', 'public.t']
      expect(await holdfast('recover', 'source 1', `lsn=${nth(11).lsn}`, ...to)).toContain('recovery succeeded')
      expect(await server.sql('SELECT count(*)::int AS n FROM t', 'by_hand')).toEqual([{ n: 11 }])
      const parent = await handOverParent('by-hand')
      const folder = path.join(parent, 'here')
      const told = await holdfast('recover', 'source 1', `lsn=${nth(12).lsn}`, '--directory', folder, '--here')
      expect(told).toContain(`${folder} is at `)
      const started = await startServerOn(folder, server.bin)
      const client = new Client({ host: started.socketDir, port: started.port, user: 'postgres', database: 'postgres' })
      await client.connect()
      expect((await client.query('SELECT count(*)::int AS n FROM t')).rows).toEqual([{ n: 12 }])
      await client.end()
      started.stop()
      for (const wrong of [
        ['recover', 'source 1', 'time=2026-01-01 00:00', '--look'],
        ['recover', 'source 1', 'latest'],
      ])
        await expect(holdfast(...wrong)).rejects.toMatchObject({ code: 2 })
    } finally {
      await rm(file, { force: true })
    }
  }, 240_000)

  it('has named moments that are reached soon, though nothing is committed after them', async () => {
    const target = { type: 'name' as const, value: 'idle' }
    await createRestorePoint({ ctx: product.ctx, input: { sourceId, name: target.value } })
    await expect(
      createRestorePoint({ ctx: product.ctx, input: { sourceId, name: target.value } }),
    ).rejects.toMatchObject({ code: 'name-taken' })
    const { plan } = await waitFor('the restore point to be stored', () =>
      checkRecovery({ ctx: product.ctx, input: { sourceId, target } }).catch(() => null),
    )
    expect(plan).toMatchObject({ as: 'name' })
    await server.sql('CREATE ROLE plain LOGIN')
    const { connection } = server.source()
    const other = await product.addSource(server.source({ connection: { ...connection, user: 'plain' } }))
    await product.ctx.db.logStream.create({
      data: {
        sourceId: other,
        destinationIds: [],
        slot: 'none',
        identity: '1',
        state: 'ending',
        retryAt: new Date(8.64e15),
      },
    })
    await expect(
      createRestorePoint({ ctx: product.ctx, input: { sourceId: other, name: 'mine' } }),
    ).rejects.toMatchObject({
      code: 'privilege-missing',
      remedy: expect.stringContaining('GRANT EXECUTE ON FUNCTION pg_catalog.pg_create_restore_point(text) TO "plain"'),
    })
    await server.sql('GRANT EXECUTE ON FUNCTION pg_catalog.pg_create_restore_point(text) TO plain')
    expect(await createRestorePoint({ ctx: product.ctx, input: { sourceId: other, name: 'mine' } })).toMatchObject({
      name: 'mine',
      timeline: '00000001',
    })
  }, 60_000)

  it('is not looked at where its code cannot be kept apart, although that was accepted for what runs unattended (security 20)', async () => {
    await using bin = await tempDir('bin')
    // For every user, since it is another one that looks for programs there.
    await chmod(bin.path, 0o755)
    for (const folder of ['/usr/sbin', '/usr/bin'])
      for (const name of readdirSync(folder))
        if (name !== 'bwrap' && name !== 'unshare')
          await symlink(path.join(folder, name), path.join(bin.path, name)).catch(() => undefined)
    const restart = async (env: Record<string, string>) => {
      worker.kill('SIGTERM')
      await worker.exited
      worker = await product.startWorker(env)
    }
    const source = await product.ctx.db.source.findUniqueOrThrow({ where: { id: sourceId } })
    const accept = (acceptUnconfined: boolean) =>
      product.ctx.db.source.update({
        where: { id: sourceId },
        data: { options: toJson({ ...sourceOptions(source), acceptUnconfined }) },
      })
    await restart({ ...workerEnv, PATH: bin.path })
    await accept(true)
    // Open to every user of this machine, which is what the code runs as.
    await chmod(product.home, 0o755)
    const look = await start({ use: 'look', target: { type: 'latest' } })
    expect(await product.finished(look.jobId)).toMatchObject({
      state: 'failed',
      error: { code: 'sandbox-unconfined', message: expect.stringContaining(product.home) },
    })
    const directory = path.join(await handOverParent('accepted'), 'cluster')
    await succeeded((await start({ use: 'hand-over', target: { type: 'latest' }, directory })).jobId)
    await chmod(product.home, 0o700)
    await accept(false)
    await restart(workerEnv)
  }, 240_000)

  it('is looked at in its latest state; a worker that is killed leaves nothing open', async () => {
    const { recoveryId, jobId } = await start({ use: 'look', target: { type: 'latest' } })
    await ready(recoveryId)
    expect((await ask(recoveryId, 'SELECT id FROM t ORDER BY id')).rows.flat().map(Number)).toEqual(ids(100).slice(90))
    await expect(ask(recoveryId, "SELECT set_config('transaction_read_only', 'off', false)")).rejects.toMatchObject({
      code: 'query-failed',
    })
    worker.kill('SIGKILL')
    await worker.exited
    worker = await product.startWorker(workerEnv)
    expect(await product.finished(jobId, 60_000)).toMatchObject({ state: 'interrupted' })
    expect(await recovery(recoveryId)).toMatchObject({ state: 'failed', error: { code: 'interrupted' } })
    await waitFor('the sandbox to be swept', () => sandboxes().length === 0, 60_000)
  }, 180_000)
})
