import { execFileSync, spawn } from 'node:child_process'
import { rename } from 'node:fs/promises'
import path from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { isDeepStrictEqual } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { getWindows } from '@/lib/services/recovery/get-windows'
import { updateSource } from '@/lib/services/source/update-source'
import { followedLog } from '../../helpers/followed-log'
import { startProduct, type Product } from '../../helpers/product'
import { startPostgres, type TestPostgres } from '../../helpers/servers/postgres'
import { type Standby, startStandby } from '../../helpers/servers/standby'
import { tempDir } from '../../helpers/temp'
import { waitFor } from '../../helpers/wait-for'

/** How long they stay away while commits go on; at length by `npm run faults -- --away 600`. */
const awayMs = Number(process.env['HOLDFAST_TEST_AWAY_SECONDS'] ?? 0) * 1_000

describe('a log that is followed', () => {
  let product: Product
  let server: TestPostgres
  let standby: Standby
  let sourceId: string
  let near: { id: string; folder: string }
  let far: { id: string; folder: string }
  let log: ReturnType<typeof followedLog>

  beforeAll(async () => {
    server = await startPostgres({ settings: { max_wal_size: '256MB', wal_keep_size: '256MB' } })
    await server.sql('CREATE TABLE t (n int, filler text)')
    product = await startProduct()
    sourceId = await product.addSource(server.source())
    log = followedLog(product, sourceId)
    near = await product.addLocalDestination('near')
    far = await product.addLocalDestination('far')
    await product.startWorker()
    await log.protect({ continuous: true, sliceMs: 2_000, destinationIds: [near.id, far.id] })
    await log.streaming()
  })
  afterAll(async () => {
    await standby?.close()
    await product?.close()
    await server?.close()
  })

  const commit = (rows: number) =>
    server.sql(`INSERT INTO t SELECT n, repeat(md5(n::text), 20) FROM generate_series(1, ${rows}) n`)
  const windows = () => getWindows({ ctx: product.ctx, input: { sourceId } })
  /** Both destinations have the same stretch. */
  const areLevel = async () => {
    const [first, second, ...others] = await log.ranges()
    return first !== undefined && second?.toOrder === first.toOrder && others.length === 0
  }
  const connectTo = (port: number) =>
    updateSource({ ctx: product.ctx, input: { id: sourceId, patch: { connection: { port } } } })
  const away = async (places: { folder: string }[], work: () => Promise<unknown>) => {
    for (const { folder } of places) await rename(folder, `${folder}.away`)
    await work()
    for (const { folder } of places) await rename(`${folder}.away`, folder)
  }

  it('goes on without a destination that is away, which gets what it lacks afterwards', async () => {
    await commit(100)
    await log.stored(server)
    await away([far], async () => {
      await commit(60_000)
      await log.stored(server)
      expect((await log.compared(server, near.id)).length).toBeGreaterThan(1)
    })
    await waitFor(
      'the other destination to have it too',
      async () => {
        await commit(100)
        return areLevel()
      },
      120_000,
    )
    expect((await windows()).destinations.map(({ gaps }) => gaps)).toEqual([[], []])
    // A base backup may begin a segment meanwhile, which comes to one of them first.
    await waitFor('both to have the same segments', async () =>
      isDeepStrictEqual(await log.compared(server, far.id), await log.compared(server, near.id)),
    )
  }, 180_000)

  it(
    'waits on the server while no destination can be reached, without a gap',
    async () => {
      await away([near, far], async () => {
        await commit(30_000)
        await waitFor('the trouble', async () => (await log.stream())?.state === 'waiting', 60_000)
        for (const until = Date.now() + awayMs; Date.now() < until; await delay(1_000)) await commit(100)
      })
      await log.stored(server)
      await waitFor('the destinations to be level', areLevel, 120_000)
      expect((await log.compared(server, near.id)).length).toBeGreaterThan(1)
      const { windows: open, gaps } = await windows()
      expect(open).toHaveLength(1)
      expect(gaps).toEqual([])
    },
    180_000 + awayMs,
  )

  it('is not mixed with that of another cluster (faults 59, 94)', async () => {
    await using other = await startPostgres().then((pg) => ({ ...pg, [Symbol.asyncDispose]: () => pg.close() }))
    const before = await log.ranges()
    await connectTo(other.port)
    await log.waitsFor('log-foreign')
    expect(await other.sql('SELECT slot_name FROM pg_replication_slots')).toEqual([])
    expect(await log.ranges()).toEqual(before)
    await connectTo(server.port)
    await commit(10)
    await log.stored(server)
  })

  it('is not mixed with that of a clone, which has the same identity (fault 94)', async () => {
    await commit(10)
    await log.stored(server)
    await using folder = await tempDir('clone')
    const cluster = path.join(folder.path, 'cluster.tar.zst')
    await server.stop()
    execFileSync('tar', ['-c', '--zstd', '-f', cluster, '-C', path.dirname(server.dataDir), 'data'])
    await server.start()
    await commit(20)
    await log.stored(server)
    const before = await log.ranges()
    await using clone = await startPostgres({ cluster }).then((pg) => ({
      ...pg,
      [Symbol.asyncDispose]: () => pg.close(),
    }))
    await clone.sql('CREATE TABLE elsewhere AS SELECT n FROM generate_series(1, 1000) n')
    await connectTo(clone.port)
    await log.waitsFor('log-foreign')
    expect(await log.ranges()).toEqual(before)
    await connectTo(server.port)
    await commit(10)
    await log.stored(server)
    expect(await log.compared(server)).not.toEqual([])
  }, 120_000)

  it('is not read by two at once (fault 93)', async () => {
    const slot = (await log.stream())?.slot ?? ''
    await server.sql(`SELECT pg_terminate_backend(active_pid) FROM pg_replication_slots`)
    await using folder = await tempDir('receivewal')
    const address = ['-h', '127.0.0.1', '-p', String(server.port), '-U', 'postgres']
    const other = spawn(path.join(server.bin, 'pg_receivewal'), [...address, '-D', folder.path, '--slot', slot], {
      stdio: 'ignore',
    })
    const ended = new Promise((resolve) => other.once('exit', resolve))
    try {
      // Whichever comes first has the slot; ours is sent away until it is the other's.
      await waitFor('the slot to be read by the other', async () => {
        await server.sql(
          `SELECT pg_terminate_backend(pid) FROM pg_stat_replication WHERE application_name = 'holdfast'`,
        )
        return (await log.stream())?.state === 'waiting'
      })
      await log.waitsFor('slot-in-use')
    } finally {
      other.kill('SIGINT')
      await ended
    }
    await commit(10)
    await log.stored(server)
    expect(await log.compared(server)).not.toEqual([])
  }, 120_000)

  it('follows a failover over the fork, and refuses the old primary (faults 58, 59)', async () => {
    standby = await startStandby(server)
    await commit(10)
    await log.stored(server)
    await standby.caughtUp()
    await server.stop()
    await standby.promote()
    await connectTo(standby.port)
    await waitFor('the new timeline', async () => (await log.stream())?.timeline === '00000002', 60_000)
    await standby.sql('INSERT INTO t VALUES (1)')
    await log.stored({ dataDir: '', sql: (text) => standby.sql(text) })
    const ranges = await log.ranges()
    expect([...new Set(ranges.map(({ timeline }) => timeline))]).toEqual(['00000001', '00000002'])
    expect((await windows()).gaps).toEqual([])
    const history = await product.ctx.db.logTimeline.findFirst({ where: { sourceId, timeline: '00000002' } })
    expect(history?.history).toMatch(/^1\t/)
    await server.start()
    await connectTo(server.port)
    await log.waitsFor('log-foreign')
  }, 180_000)
})
