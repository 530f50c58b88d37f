import { readdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { windowsOf } from '@/lib/core/recovery/windows'
import type { StoredLog } from '@/lib/core/recovery/stored-log'
import type { LogStreamModel } from '@/lib/db/generated/models/LogStream'
import { walLog } from '@/lib/engines/postgres/log/method'
import { destinationSpec } from '@/lib/services/destination/destination-spec'
import { readLogObjects } from '@/lib/services/recovery/read-log-objects'
import { readStoredLog } from '@/lib/services/recovery/read-stored-log'
import { ownSigningKeys } from '@/lib/services/signature/signing-keys'
import { updateSource } from '@/lib/services/source/update-source'
import { startProduct, type Product, type WorkerProcess } from '../../helpers/product'
import { makeTestRun } from '../../helpers/run-context'
import { startPostgres, type TestPostgres } from '../../helpers/servers/postgres'
import { waitFor } from '../../helpers/wait-for'

describe.each([15, 17] as const)('the stored log of PostgreSQL %i', (major) => {
  let product: Product
  let server: TestPostgres
  let worker: WorkerProcess
  let [sourceId, destinationId, folder] = ['', '', '']

  beforeAll(async () => {
    server = await startPostgres({ major, segmentMb: 1, settings: { max_wal_size: '64MB' } })
    await server.sql('CREATE TABLE t (n int, filler text)')
    product = await startProduct()
    sourceId = await product.addSource(server.source())
    ;({ id: destinationId, folder } = await product.addLocalDestination())
    worker = await product.startWorker()
    const protection = { continuous: true, sliceMs: 2_000 }
    await updateSource({ ctx: product.ctx, input: { id: sourceId, patch: { protection } } })
    await stored(await commit(1))
  })
  afterAll(async () => {
    await product?.close()
    await server?.close()
  })

  const stream = (): Promise<LogStreamModel | null> => product.ctx.db.logStream.findUnique({ where: { sourceId } })
  const commit = async (rows: number) => {
    await server.sql(`INSERT INTO t SELECT n, repeat(md5(n::text), 20) FROM generate_series(1, ${rows}) n`)
    const [row] = await server.sql('SELECT pg_current_wal_flush_lsn() AS lsn')
    return String(row?.lsn)
  }
  const stored = (lsn: string) =>
    waitFor(
      `the log up to ${lsn} to be stored`,
      async () => walLog.order((await stream())?.storedPosition ?? '0/0') >= walLog.order(lsn),
      120_000,
    )
  /** Base backups are taken elsewhere: both sides get the same one, from the beginning on. */
  const windowsIn = (log: StoredLog | undefined, start: bigint) => {
    const timeline = '00000001'
    const base = { backupId: 'base', timeline, start, end: start + 1n, endedAt: new Date(0) }
    const { windows, gaps } = windowsOf({ ranges: [], histories: [], ...log, bases: [base] })
    return {
      windows: windows.map((window) => ({ timeline: window.timeline, from: window.from, to: window.to })),
      gaps: gaps.map((gap) => ({ timeline: gap.timeline, from: gap.from, to: gap.to })),
    }
  }
  /** Nothing is stored meanwhile. */
  const compare = async () => {
    await worker.stop()
    const { ctx } = product
    const identity = (await stream())?.identity ?? ''
    const row = await ctx.db.destination.findUniqueOrThrow({ where: { id: destinationId } })
    const storage = ctx.openStorage(await destinationSpec(ctx, row))
    const trustedKeys = await ownSigningKeys(ctx.db, ctx.vault)
    const unwrap = (wrapped: Uint8Array) => ctx.vault.unwrapIdentity(wrapped)
    const found = await readLogObjects({ storage, sourceId, method: walLog, trustedKeys, unwrap }, makeTestRun())
    await storage.close()
    const known = await readStoredLog(ctx.db, walLog, { sourceId, identity, destinationId })
    const start = known.ranges.reduce((a, { from }) => (from < a ? from : a), known.ranges[0]?.from ?? 0n)
    expect(found.troubles).toEqual([])
    const windows = windowsIn(known, start)
    expect(windowsIn(found.logs.get(identity), start)).toEqual(windows)
    expect(found.logs.get(identity)?.histories).toEqual(known.histories)
    worker = await product.startWorker()
    return windows
  }

  it('is listed in signed indexes as it grows, and leads to the same windows without the catalog', async () => {
    await stored(await commit(120_000))
    const indexes = () =>
      readdirSync(folder, { recursive: true }).filter((name) => /index\/\d{8}\.json$/.test(String(name)))
    await waitFor('an index', () => indexes().length > 0)
    const { windows, gaps } = await compare()
    expect(windows).toMatchObject([{ timeline: '00000001' }])
    expect(gaps).toEqual([])
  })

  it('also over a promotion, whose history is read from its own object', async () => {
    await server.stop('SIGINT')
    writeFileSync(path.join(server.dataDir, 'standby.signal'), '')
    await server.start()
    await server.sql('SELECT pg_promote(true)')
    await stored(await commit(1_000))
    await waitFor('the other timeline', async () => (await stream())?.timeline === '00000002')
    await stored(await commit(1_000))
    const { windows } = await compare()
    expect(windows.map(({ timeline }) => timeline)).toEqual(['00000001', '00000002'])
  })
})
