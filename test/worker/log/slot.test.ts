import { spawn } from 'node:child_process'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { getWindows } from '@/lib/services/recovery/get-windows'
import { followedLog } from '../../helpers/followed-log'
import { startProduct, type Product } from '../../helpers/product'
import { startPostgres, type TestPostgres } from '../../helpers/servers/postgres'
import { tempDir } from '../../helpers/temp'
import { waitFor } from '../../helpers/wait-for'

/** Alerts have their time to begin and to end: both versions, and what takes minutes, are for `npm run faults -- --slots`. */
const all = process.env['HOLDFAST_TEST_SLOTS'] === 'all'
const majors = all ? ([15, 17] as const) : ([17] as const)

describe.each(majors)('what PostgreSQL %s keeps for a source (faults 56, 93)', (major) => {
  let product: Product
  let server: TestPostgres
  let sourceId: string
  let log: ReturnType<typeof followedLog>

  beforeAll(async () => {
    server = await startPostgres({
      major,
      settings: {
        max_wal_size: '4GB',
        min_wal_size: '32MB',
        max_slot_wal_keep_size: '64MB',
        checkpoint_timeout: '1h',
      },
    })
    await server.sql(
      'CREATE TABLE t (filler text); CREATE ROLE reader LOGIN REPLICATION; GRANT pg_read_all_data, pg_read_all_stats TO reader',
    )
    product = await startProduct()
    sourceId = await product.addSource(server.source({ connection: { user: 'reader' } }))
    await product.addLocalDestination()
    await product.startWorker()
    log = followedLog(product, sourceId)
    await log.protect({ continuous: true, sliceMs: 2_000 })
    await log.stored(server)
    await waitFor('the base backup', async () => (await log.stream())?.hasWindow, 60_000)
  })
  afterAll(async () => {
    await product?.close()
    await server?.close()
  })

  const kept = async () => (await getWindows({ ctx: product.ctx, input: { sourceId } })).streaming?.kept
  const open = (event: string) => product.ctx.db.alert.findFirst({ where: { event, sourceId, resolvedAt: null } })
  const told = (event: string, words: RegExp) =>
    waitFor(
      `an alert ${event} with ${words.source}`,
      async () => {
        const alert = await open(event)
        return alert && words.test(`${alert.title} ${alert.body}`) ? alert : null
      },
      60_000,
    )
  const ended = (event: string) => waitFor(`${event} to end`, async () => !(await open(event)), 150_000)
  const ownSlot = async () =>
    (await server.sql('SELECT slot_name, wal_status, active FROM pg_replication_slots'))[0] ?? {}
  const write = (mb: number) =>
    server.sql(`INSERT INTO t SELECT repeat(md5(n::text), 32) FROM generate_series(1, ${mb * 1024}) n`)
  const refuseReplication = () =>
    server.sql('ALTER ROLE reader NOREPLICATION; SELECT pg_terminate_backend(pid) FROM pg_stat_replication')

  it('is shown as the server says it, without an alert while it is followed', async () => {
    const seen = await waitFor('the slot to be looked at', async () => {
      const now = await kept()
      return now?.isRead ? now : null
    })
    expect(seen).toMatchObject({ limitBytes: 64 * 1024 ** 2, state: 'kept' })
    expect(seen.bytes).toBeLessThan(64 * 1024 ** 2)
    expect(seen.spareBytes).toBeGreaterThan(0)
    expect(await open('log-at-risk')).toBeNull()
    expect(await open('log-behind')).toBeNull()
  })

  it(
    'raises an alert while nobody reads it, a forecast, and another before anything is removed',
    { timeout: 240_000 },
    async () => {
      await refuseReplication()
      await log.waitsFor('privilege-missing')
      await write(1)
      await told('log-behind', /Nobody reads its slot now/)
      await write(12)
      const forecast = await told('log-at-risk', /will remove .* within about .*64 MiB \(max_slot_wal_keep_size\)/)
      expect(forecast).toMatchObject({ severity: 'critical', sourceId })
      expect(await ownSlot()).toMatchObject({ active: false })
      const stored = (await log.stream())?.storedPosition
      const [row] = await server.sql(`SELECT pg_wal_lsn_diff(pg_current_wal_flush_lsn(), '${stored}')::float8 AS lag`)
      await waitFor('the lag to be known', async () => Number((await log.stream())?.lagBytes ?? 0) >= Number(row?.lag))
      await write(80)
      await told('log-at-risk', /about to remove log/)
      expect(await ownSlot()).toMatchObject({ wal_status: 'unreserved' })
      expect((await kept())?.state).toBe('doomed')
    },
  )

  if (!all) return

  it('says when log was lost, and ends the alerts once a new window is open', { timeout: 800_000 }, async () => {
    await server.sql('CHECKPOINT')
    expect(await ownSlot()).toMatchObject({ wal_status: 'lost' })
    await told('log-at-risk', /is lost that was not stored/)
    await server.sql('ALTER ROLE reader REPLICATION')
    await waitFor('a new range', async () => (await log.ranges()).length === 2, 150_000)
    await waitFor('the new window', async () => (await log.stream())?.hasWindow, 150_000)
    await ended('log-at-risk')
    await ended('log-gap')
    await ended('log-behind')
  })

  it('a slot that somebody dropped and one that another program reads are reported', { timeout: 240_000 }, async () => {
    await refuseReplication()
    await log.waitsFor('privilege-missing')
    const { slot_name: slot } = await ownSlot()
    await server.sql(`SELECT pg_drop_replication_slot('${String(slot)}')`)
    await told('log-at-risk', /keeps no log/)
    await server.sql(`SELECT pg_create_physical_replication_slot('${String(slot)}', true)`)
    await ended('log-at-risk')
    const { bin, socketDir, port } = server
    await using folder = await tempDir()
    const where = ['-h', socketDir, '-p', String(port), '-U', 'postgres', '-S', String(slot), '-D', folder.path]
    const other = spawn(path.join(bin, 'pg_receivewal'), where, { stdio: 'ignore' })
    try {
      await told('log-at-risk', /pg_receivewal reads from/)
    } finally {
      other.kill('SIGINT')
    }
    await ended('log-at-risk')
  })
})
