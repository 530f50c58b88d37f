import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { startBackup } from '@/lib/services/backup/start-backup'
import { startRestore } from '@/lib/services/restore/start-restore'
import {
  type ProxiedConnection,
  startTcpFaultProxy,
  type TcpFault,
  type TcpFaultProxy,
} from '../helpers/faults/fault-proxy-tcp'
import { contentDigest } from '../helpers/databases/postgres-content'
import { startPostgres, type TestPostgres } from '../helpers/servers/postgres'
import { processesNaming } from '../helpers/processes'
import { startProduct, type Product } from '../helpers/product'
import { restorableSet, strayObjects } from '../helpers/databases/restorable-set'
import { waitFor } from '../helpers/wait-for'

const rows = `CREATE TABLE item AS SELECT id, encode(sha512(id::text::bytea), 'hex') AS text FROM generate_series(1, 100000) AS id`
const size = 13_000_000
/** Leaves seconds between what is seen of a run and its end, for a test that acts in the middle of it. */
const leisurely: TcpFault = { kind: 'slow', bytesPerSecond: size / 5 }
/** The tools are told what the role's own setting must not be; our own connections set it by a statement. */
const isTool = ({ startup }: ProxiedConnection) => 'options' in startup
const isOurs = (connection: ProxiedConnection) => !isTool(connection)

describe('a network between Holdfast and PostgreSQL that breaks', () => {
  let product: Product
  let pg: TestPostgres
  let proxy: TcpFaultProxy
  let local: { id: string; folder: string }
  let backupId: string
  let sourceId: string

  beforeAll(async () => {
    ;[product, pg] = await Promise.all([startProduct(), startPostgres()])
    await pg.sql(rows)
    await pg.sql("ALTER ROLE postgres SET idle_session_timeout = '1h'")
    proxy = await startTcpFaultProxy({ host: pg.host, port: pg.port })
    const through = { ...pg.source(), connection: { ...pg.source().connection, host: proxy.host, port: proxy.port } }
    sourceId = await product.addSource(through, { maxAttempts: 1, compression: 'none', stallTimeoutMs: 2_000 })
    local = await product.addLocalDestination()
    await product.startWorker()
    const job = await back()
    expect(job.state).toBe('succeeded')
    backupId = job.backupId ?? ''
  })
  afterAll(async () => {
    await product.close()
    await proxy.close()
    await pg.close()
  })
  afterEach(async () => {
    proxy.heal()
    await waitFor('the tools to be gone', () => processesNaming(`PGPORT=${proxy.port}`).length === 0, 10_000)
    await waitFor('the sessions to be gone', async () => (await sessions()).length === 0, 10_000)
    await waitFor('whole backups only', async () => (await strayObjects(product.ctx)).length === 0, 10_000)
    expect(await restorableSet(product.ctx)).toContainEqual(expect.stringMatching(`^${backupId}@[^:]*$`))
  })

  const sessions = () => pg.sql("SELECT pid FROM pg_stat_activity WHERE application_name LIKE 'holdfast%'")
  const begin = async () =>
    (await startBackup({ ctx: product.ctx, input: { sourceId, destinationIds: [local.id] } })).jobId
  const back = async () => product.finished(await begin())
  const restore = async (database: string) => {
    const target = { database, owners: 'keep' as const }
    return product.finished((await startRestore({ ctx: product.ctx, input: { backupId, target } })).jobId)
  }
  const databases = (prefix: string) =>
    pg.sql(`SELECT datname FROM pg_database WHERE datname LIKE '${prefix}%' ORDER BY 1`)

  it.each<[string, TcpFault, string]>([
    ['is reset', { kind: 'reset', afterBytes: 4_000_000 }, 'server-gone'],
    ['is closed', { kind: 'cut', afterBytes: 4_000_000 }, 'server-gone'],
    ['stalls', { kind: 'stall', afterBytes: 4_000_000 }, 'source-stalled'],
  ])('a dump whose connection %s in the middle fails and leaves nothing (fault 9)', async (_, fault, code) => {
    const before = await restorableSet(product.ctx)
    proxy.fail({ fault, when: isTool })
    expect(await back()).toMatchObject({ state: 'failed', error: { code } })
    expect(proxy.struck()).toBeGreaterThan(0)
    expect(await restorableSet(product.ctx)).toEqual(before)
  })

  it.each<[string, TcpFault]>([
    ['is refused', { kind: 'refuse' }],
    ['is reset as soon as it is open', { kind: 'reset', afterBytes: 1_000 }],
  ])('a connection that %s fails the backup before anything is stored (fault 4)', async (_, fault) => {
    const before = await restorableSet(product.ctx)
    proxy.fail({ fault })
    const job = await back()
    expect(job.state).toBe('failed')
    expect(['server-gone', 'connection-refused', 'host-unreachable']).toContain(job.error?.code)
    expect(await restorableSet(product.ctx)).toEqual(before)
  })

  it('a slow connection is only slow', async () => {
    proxy.fail({ fault: { kind: 'slow', bytesPerSecond: size }, when: isTool })
    expect(await back()).toMatchObject({ state: 'succeeded' })
  })

  it.each(['reset', 'cut', 'stall'] as const)(
    'the idle connection that holds the snapshot and is broken (%s) never makes a wrong backup (fault 9)',
    async (kind) => {
      const before = await restorableSet(product.ctx)
      proxy.fail({ fault: leisurely, when: isTool })
      const jobId = await begin()
      await product.running(jobId, (job) => (job.progress?.doneBytes ?? 0) > 1_000_000)
      expect(proxy.breakNow(kind, isOurs)).toBeGreaterThan(0)
      const job = await product.finished(jobId)
      // The dump has the snapshot by then and may go on; one that cannot must fail.
      const made = job.state === 'succeeded' ? [`${job.backupId}@folder 1`] : []
      expect(['succeeded', 'failed']).toContain(job.state)
      const after = await restorableSet(product.ctx)
      expect(after.map((line) => line.split('@')[0])).toEqual(
        [...before, ...made].map((line) => line.split('@')[0]).sort(),
      )
      expect(after.filter((line) => line.includes(':'))).toEqual([])
    },
  )

  it.each<[string, TcpFault]>([
    ['is reset', { kind: 'reset', afterBytes: 4_000_000 }],
    ['is closed', { kind: 'cut', afterBytes: 4_000_000 }],
    ['stalls', { kind: 'stall', afterBytes: 4_000_000 }],
  ])(
    'a restore whose connection %s in the middle leaves nothing that looks finished (fault 86)',
    async (word, fault) => {
      const database = `restored_${word.replaceAll(' ', '_')}`
      proxy.fail({ fault, when: isTool })
      expect(await restore(database)).toMatchObject({ state: 'failed' })
      expect(proxy.struck()).toBe(1)
      expect(await databases(database)).toEqual([])
      proxy.heal()
      expect(await restore(database)).toMatchObject({ state: 'succeeded' })
      expect(await contentDigest(await pg.connect(database))).toEqual(await contentDigest(await pg.connect()))
    },
  )

  it('a server that is killed in the middle of a restore comes back without a database that looks finished (fault 86)', async () => {
    proxy.fail({ fault: leisurely, when: isTool })
    const target = { database: 'crashed', owners: 'keep' as const }
    const { jobId } = await startRestore({ ctx: product.ctx, input: { backupId, target } })
    await product.running(jobId, (job) => job.progress?.phase === 'restoring' && job.progress.doneBytes > 1_000_000)
    await pg.stop('SIGKILL')
    expect(await product.finished(jobId)).toMatchObject({ state: 'failed' })
    await pg.start()
    proxy.heal()
    expect((await databases('crashed')).map((row) => row['datname'])).not.toContain('crashed')
    expect(await restore('crashed')).toMatchObject({ state: 'succeeded' })
    expect((await databases('crashed')).map((row) => row['datname'])).toEqual(['crashed'])
  })
})
