import { readdir } from 'node:fs/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { getBackup } from '@/lib/services/backup/get-backup'
import { startBackup } from '@/lib/services/backup/start-backup'
import { getStatus } from '@/lib/services/status/get-status'
import { startPostgres, type TestPostgres } from '../helpers/servers/postgres'
import { startProduct, type Product } from '../helpers/product'
import { type Standby, startStandby } from '../helpers/servers/standby'

/** Some megabytes that do not compress, for a backup that lasts long enough. */
const rows = `CREATE TABLE item AS SELECT id, encode(sha512(id::text::bytea), 'hex') AS text FROM generate_series(1, 15000) AS id`

describe('a standby that is promoted while it is backed up (fault 10)', () => {
  let product: Product
  let pg: TestPostgres

  beforeAll(async () => {
    ;[product, pg] = await Promise.all([
      startProduct(),
      startPostgres({ settings: { wal_level: 'replica', max_wal_senders: '5' } }),
    ])
    await pg.sql(rows)
    await product.startWorker()
  })
  afterAll(async () => {
    await product?.close()
    await pg?.close()
  })

  const cases: { name: string; source: (standby: Standby) => Promise<string> }[] = [
    {
      name: 'as the replica of its source',
      source: ({ host, port }) => product.addSource(pg.source(), { ...slowly, replica: { host, port } }),
    },
    {
      name: 'as the source itself',
      source: ({ host, port }) => product.addSource(pg.source({ connection: { host, port } }), slowly),
    },
  ]
  const slowly = { maxAttempts: 1, compression: 'none', rateLimitBytesPerSecond: 400_000 }

  it.each(cases)('$name: fails the backup, which has no manifest and is nowhere good', async ({ source }) => {
    const standby = await startStandby(pg)
    try {
      await standby.caughtUp()
      const sourceId = await source(standby)
      const store = await product.addLocalDestination()
      const { jobId } = await startBackup({ ctx: product.ctx, input: { sourceId, destinationIds: [store.id] } })
      await product.running(jobId, (job) => (job.progress?.doneBytes ?? 0) > 200_000)
      await standby.promote()
      const job = await product.finished(jobId)
      expect(job).toMatchObject({ state: 'failed', error: { code: 'standby-promoted' } })
      const backup = await getBackup({ ctx: product.ctx, input: { id: job.backupId ?? '' } })
      expect(backup).toMatchObject({ status: 'failed', manifest: null, copies: [{ state: 'failed' }] })
      const left = await readdir(store.folder, { recursive: true })
      expect(left.filter((name) => name.endsWith('manifest.json'))).toEqual([])
      const { sources } = await getStatus({ ctx: product.ctx })
      expect(sources.find((one) => one.sourceId === sourceId)).toMatchObject({ lastGoodBackup: null, backupCount: 0 })
    } finally {
      await standby.close()
    }
  })
})
