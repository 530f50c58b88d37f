import { readdirSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { followedLog } from '../../helpers/followed-log'
import { startProduct, type Product, type WorkerProcess } from '../../helpers/product'
import { startPostgres, type TestPostgres } from '../../helpers/servers/postgres'
import { waitFor } from '../../helpers/wait-for'

describe.each([
  [15, 16],
  [17, 64],
] as const)('the log of PostgreSQL %i with segments of %i MB is followed', (major, segmentMb) => {
  let product: Product
  let server: TestPostgres
  let worker: WorkerProcess
  let folder: string
  let log: ReturnType<typeof followedLog>

  beforeAll(async () => {
    // Nothing that the server writes or removes of its own accord.
    const settings = { max_wal_size: '2GB', wal_keep_size: '2GB', checkpoint_timeout: '1h', autovacuum: 'off' }
    server = await startPostgres({ major, segmentMb, settings })
    await server.sql('CREATE TABLE t (n int, filler text)')
    product = await startProduct()
    log = followedLog(product, await product.addSource(server.source()))
    ;({ folder } = await product.addLocalDestination())
    worker = await product.startWorker()
  })
  afterAll(async () => {
    await product?.close()
    await server?.close()
  })

  const slots = () => server.sql('SELECT slot_name FROM pg_replication_slots')
  const commit = (rows: number) =>
    server.sql(`INSERT INTO t SELECT n, repeat(md5(n::text), 20) FROM generate_series(1, ${rows}) n`)
  const objects = () => readdirSync(folder, { recursive: true }).map(String)
  const slices = () => objects().filter((name) => name.includes('/slices/') && name.endsWith('.age'))

  it('from the moment it is switched on, in slices while commits wait', async () => {
    await log.protect({ continuous: true, sliceMs: 2_000 })
    await log.streaming()
    await commit(10)
    await log.stored(server)
    expect(slices()).not.toEqual([])
    expect(await log.compared(server)).toHaveLength(1)
  })

  it('as whole segments that equal those of the server, and slices go once theirs is whole', async () => {
    await commit(segmentMb * 4_000)
    await log.stored(server)
    expect((await log.compared(server)).length).toBeGreaterThan(1)
    expect(await log.ranges()).toHaveLength(1)
    const open = await product.ctx.db.logSlice.count()
    await waitFor('slices of whole segments to be removed', () => slices().length === open)
  })

  it('without a gap when the worker is killed', async () => {
    worker.kill('SIGKILL')
    await worker.exited
    await commit(30_000)
    worker = await product.startWorker()
    await log.stored(server)
    expect((await log.compared(server)).length).toBeGreaterThan(1)
    expect(await log.ranges()).toHaveLength(1)
  }, 120_000)

  it('and costs no objects while nothing is committed', async () => {
    const taken = { status: 'succeeded', kind: 'base' }
    await waitFor('the base backup that starts by itself', () => product.ctx.db.backup.findFirst({ where: taken }))
    await commit(1)
    await log.stored(server)
    const before = objects().length
    await waitFor(
      'the window to move on',
      async () => {
        const row = await log.stream()
        if (!row?.coveredUntil || !row.lastCommitAt) return false
        return row.coveredUntil.getTime() - row.lastCommitAt.getTime() > 5_000
      },
      100_000,
    )
    expect(objects()).toHaveLength(before)
  }, 120_000)

  it('and is followed on where it ends when it was switched off and on again', async () => {
    await log.protect({ continuous: false })
    await waitFor('the stream to end', async () => (await log.stream()) === null)
    await log.protect({ continuous: true })
    await commit(10)
    await log.stored(server)
    expect(await log.compared(server)).not.toEqual([])
    expect(await log.ranges()).toHaveLength(1)
  })

  it('until it is switched off, which removes the slot', async () => {
    expect(await slots()).toEqual([{ slot_name: (await log.stream())?.slot }])
    await log.protect({ continuous: false })
    await waitFor('the stream to end', async () => (await log.stream()) === null)
    expect(await slots()).toEqual([])
  })
})
