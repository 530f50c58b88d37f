import { execFileSync, spawnSync } from 'node:child_process'
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createRecoveryKit } from '@/lib/services/settings/create-recovery-kit'
import { openLogReader } from '@/lib/services/log/open-log-reader'
import { buildContext } from '@/worker/build-context'
import { buffer } from 'node:stream/consumers'
import { buildCli } from '../../helpers/build-cli'
import { followedLog } from '../../helpers/followed-log'
import { startProduct, type Product, type WorkerProcess } from '../../helpers/product'
import { makeTestLogger, makeTestRun } from '../../helpers/run-context'
import { startPostgres, type TestPostgres } from '../../helpers/servers/postgres'
import { tempDir } from '../../helpers/temp'
import { waitFor } from '../../helpers/wait-for'

const cli = path.resolve(import.meta.dirname, `../../../dist/test-rewrap-log-${process.pid}.mjs`)

describe('the keys of a stored log', () => {
  let product: Product
  let server: TestPostgres
  let worker: WorkerProcess
  let sourceId: string
  let folder: string
  let dir: Awaited<ReturnType<typeof tempDir>>
  let log: ReturnType<typeof followedLog>

  beforeAll(async () => {
    ;[product, server, dir] = await Promise.all([
      startProduct(),
      startPostgres({ settings: { wal_keep_size: '512MB' } }),
      tempDir('rewrap-log'),
    ])
    await server.sql('CREATE TABLE t (filler text)')
    sourceId = await product.addSource(server.source())
    log = followedLog(product, sourceId)
    ;({ folder } = await product.addLocalDestination())
    worker = await product.startWorker()
    await log.protect({ continuous: true, sliceMs: 2_000 })
    await write()
    await waitFor('a whole segment', () => product.ctx.db.logSegment.findFirst())
  })
  afterAll(async () => {
    await product?.close()
    await server?.close()
    await dir?.remove()
    await rm(cli, { force: true })
  })

  const write = async () => {
    await server.sql('INSERT INTO t SELECT repeat(md5(n::text), 30) FROM generate_series(1, 30000) n')
    await log.streaming()
    await log.stored(server)
  }
  const objects = async () => (await readdir(folder, { recursive: true })).map((name) => path.join(folder, name))
  /** A segment, opened with a kit, age and zstd alone by each key that lies there; null: none opens it. */
  const openByHand = async (kit: string, name: string): Promise<Buffer | null> => {
    const all = await objects()
    const segment = all.find((each) => each.endsWith(`${name}.zst.age`)) ?? ''
    const to = path.join(dir.path, `kit-${Math.random()}`)
    await mkdir(to)
    await writeFile(path.join(to, 'kit.txt'), kit)
    for (const key of all.filter((each) => /\/log\/.*\/keys\/.*\.age$/.test(each))) {
      const period = spawnSync('age', ['-d', '-i', path.join(to, 'kit.txt'), key])
      if (period.status !== 0) continue
      await writeFile(path.join(to, 'period.key'), period.stdout)
      const script = 'set -o pipefail; age -d -i period.key "$1" | zstd -dc'
      const opened = spawnSync('bash', ['-c', script, 'sh', segment], { cwd: to, maxBuffer: 2 ** 26 })
      if (opened.status === 0) return opened.stdout
    }
    return null
  }
  const oldest = async () =>
    (await product.ctx.db.logSegment.findFirstOrThrow({ where: { sourceId }, orderBy: { number: 'asc' } })).name

  it('are wrapped for a recovery kit that is made later: it opens what was stored before, with age and zstd alone', async () => {
    const name = await oldest()
    const kit = (await createRecoveryKit({ ctx: product.ctx, input: { replace: true } })).text
    await waitFor('the keys to be wrapped for the kit', async () => {
      const periods = await product.ctx.db.logPeriod.findMany({ where: { sourceId } })
      return periods.every(({ wrappedFor }) => wrappedFor.length > 1)
    })
    const opened = await openByHand(kit, name)
    expect(opened?.equals(await readFile(path.join(server.dataDir, 'pg_wal', name)))).toBe(true)
    execFileSync('age-keygen', ['-o', path.join(dir.path, 'strange.txt')], { stdio: 'pipe' })
    expect(await openByHand(await readFile(path.join(dir.path, 'strange.txt'), 'utf8'), name)).toBeNull()
  })

  it('are wrapped for a new master key before the old one is removed (security 5)', async () => {
    const name = await oldest()
    await worker.stop()
    await buildCli(cli)
    const env = {
      PATH: process.env['PATH'],
      NODE_ENV: 'production' as const,
      HOLDFAST_HOME: product.home,
      DATABASE_URL: product.url,
    }
    const told = execFileSync(process.execPath, [cli, 'rotate-master-key', '--json'], { env, encoding: 'utf8' })
    expect(JSON.parse(told)).toMatchObject({ done: true, left: 0 })
    const { ctx, close } = await buildContext({
      actor: { type: 'cli', user: 'test', role: 'admin' },
      logger: makeTestLogger(),
      home: product.home,
      databaseUrl: product.url,
    })
    try {
      expect(ctx.vault.instanceRecipient).not.toBe(product.ctx.vault.instanceRecipient)
      const identity = (await log.stream())?.identity ?? ''
      const reader = openLogReader(ctx, { sourceId, identity })
      const found = await reader.fetch(name, makeTestRun())
      const read = found && (await buffer(found))
      expect(read?.equals(await readFile(path.join(server.dataDir, 'pg_wal', name)))).toBe(true)
      await reader.close()
    } finally {
      await close()
    }
  })

  it('and the log is followed on with the keys that there are', async () => {
    const before = await product.ctx.db.logPeriod.count({ where: { sourceId } })
    worker = await product.startWorker()
    await write()
    expect(await product.ctx.db.logPeriod.count({ where: { sourceId } })).toBe(before)
    expect(await log.ranges()).toHaveLength(1)
  })
})
