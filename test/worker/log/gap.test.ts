import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { LogStreamModel } from '@/lib/db/generated/models/LogStream'
import { getWindows } from '@/lib/services/recovery/get-windows'
import { updateSource } from '@/lib/services/source/update-source'
import { startProduct, type Product, type WorkerProcess } from '../../helpers/product'
import { startPostgres, type TestPostgres } from '../../helpers/servers/postgres'
import { waitFor } from '../../helpers/wait-for'

describe('a log whose next part the server has removed (faults 56, 57, 93)', () => {
  let product: Product
  let server: TestPostgres
  let worker: WorkerProcess
  let sourceId: string

  beforeAll(async () => {
    server = await startPostgres({
      settings: {
        max_wal_size: '32MB',
        min_wal_size: '32MB',
        max_slot_wal_keep_size: '16MB',
        checkpoint_timeout: '1h',
      },
    })
    await server.sql('CREATE TABLE t (filler text)')
    product = await startProduct()
    sourceId = await product.addSource(server.source())
    await product.addLocalDestination()
    worker = await product.startWorker()
    await updateSource({
      ctx: product.ctx,
      input: { id: sourceId, patch: { protection: { continuous: true, sliceMs: 2_000 } } },
    })
    await waitFor('the follower', async () => (await stream())?.storedPosition)
  })
  afterAll(async () => {
    await product?.close()
    await server?.close()
  })

  const stream = (): Promise<LogStreamModel | null> => product.ctx.db.logStream.findUnique({ where: { sourceId } })
  const ranges = () => product.ctx.db.logRange.findMany({ where: { sourceId }, orderBy: { fromOrder: 'asc' } })
  const alerts = () => product.ctx.db.alert.findMany({ where: { event: 'log-gap', sourceId } })
  const write = async () => {
    for (let round = 0; round < 4; round += 1) {
      await server.sql('INSERT INTO t SELECT repeat(md5(n::text), 50) FROM generate_series(1, 20000) n; CHECKPOINT')
    }
  }
  const whileNobodyFollows = async (work: () => Promise<unknown>) => {
    await worker.stop()
    await work()
    worker = await product.startWorker()
  }

  it.each([
    ['a slot that was invalidated', () => write()],
    [
      'a slot that somebody dropped',
      async () => {
        await server.sql('SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots')
        await write()
      },
    ],
  ])('%s ends the window with its reason, raises an alert, and is followed by a new beginning', async (_, lose) => {
    const before = await ranges()
    await whileNobodyFollows(lose)
    await waitFor('a new range', async () => (await ranges()).length === before.length + 1, 60_000)
    const after = await ranges()
    expect(after.at(-2)?.endsBecause).toMatch(/gone/)
    expect(after.at(-1)).toMatchObject({ endsBecause: null })
    expect(after.at(-1)?.fromOrder).toBeGreaterThan(after.at(-2)?.toOrder ?? 0n)
    expect((await alerts()).length).toBeGreaterThan(0)
    const { gaps } = await getWindows({ ctx: product.ctx, input: { sourceId } })
    expect(gaps).toHaveLength(after.length - 1)
    expect(gaps.at(-1)?.because).toMatch(/gone/)
  })

  it('a slot that somebody dropped while the server still has the log is made anew without a gap', async () => {
    const before = await ranges()
    await whileNobodyFollows(() => server.sql('SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots'))
    await server.sql('CREATE TABLE after_that (n int)')
    const [{ lsn } = { lsn: '' }] = await server.sql('SELECT pg_current_wal_flush_lsn()::text AS lsn')
    await waitFor(
      'the log to be stored',
      async () => {
        const [row] = await server.sql(
          `SELECT '${(await stream())?.storedPosition}'::pg_lsn >= '${String(lsn)}' AS there`,
        )
        return row?.there === true
      },
      60_000,
    )
    expect(await ranges()).toHaveLength(before.length)
  })
})
