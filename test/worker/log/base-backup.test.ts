import { readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { manifestSchema } from '@/lib/contracts/repository/manifest'
import { planCopies } from '@/lib/core/retention/plan-copies'
import { startBackup } from '@/lib/services/backup/start-backup'
import { getWindows } from '@/lib/services/recovery/get-windows'
import { loadHistory } from '@/lib/services/retention/load-history'
import { getRestoreTest } from '@/lib/services/restore-test/get-restore-test'
import { startRestoreTest } from '@/lib/services/restore-test/start-restore-test'
import { startRestore } from '@/lib/services/restore/start-restore'
import { updateSource } from '@/lib/services/source/update-source'
import { offerPostgres17 } from '../../helpers/servers/postgres-17'
import { startPostgres, type TestPostgres } from '../../helpers/servers/postgres'
import { startProduct, type Product } from '../../helpers/product'
import { waitFor } from '../../helpers/wait-for'

describe.each([15, 17] as const)('base backups of PostgreSQL %i', (major) => {
  let product: Product
  let server: TestPostgres
  let sourceId: string

  beforeAll(async () => {
    const env: Record<string, string> = major === 17 ? { HOLDFAST_PG_BIN: await offerPostgres17() } : {}
    server = await startPostgres({ major, initdb: ['--data-checksums'] })
    await server.sql('CREATE TABLE t AS SELECT n FROM generate_series(1, 1000) n')
    product = await startProduct()
    sourceId = await product.addSource(server.source())
    await product.addLocalDestination()
    await product.startWorker(env)
  })
  afterAll(async () => {
    await product?.close()
    await server?.close()
  })

  const windows = () => getWindows({ ctx: product.ctx, input: { sourceId } })
  const bases = () =>
    product.ctx.db.backup.findMany({
      where: { sourceId, kind: 'base', status: 'succeeded' },
      orderBy: { startedAt: 'asc' },
    })

  it('are refused while nobody follows the log', async () => {
    await expect(startBackup({ ctx: product.ctx, input: { sourceId, kind: 'base' } })).rejects.toMatchObject({
      code: 'continuous-off',
    })
  })

  it('start by themselves with continuous protection, and open a window', async () => {
    await updateSource({
      ctx: product.ctx,
      input: { id: sourceId, patch: { protection: { continuous: true, sliceMs: 2_000 } } },
    })
    const [first] = await waitFor('the first base backup', async () => {
      const found = await bases()
      return found.length > 0 ? found : null
    })
    const manifest = manifestSchema.parse(first?.manifest)
    expect(manifest).toMatchObject({ method: 'base', range: { timeline: '00000001' } })
    expect(manifest.parts.map(({ role }) => role)).toEqual(expect.arrayContaining(['base', 'manifest']))
    const { windows: open, gaps } = await windows()
    expect(gaps).toEqual([])
    expect(open).toMatchObject([{ timeline: '00000001', fromPosition: manifest.range?.to, backupIds: [first?.id] }])
  })

  it('are taken when asked for, and the window that was open goes on', async () => {
    const before = await windows()
    const { jobId } = await startBackup({ ctx: product.ctx, input: { sourceId, kind: 'base' } })
    expect(await product.finished(jobId)).toMatchObject({ state: 'succeeded' })
    const after = await windows()
    expect(after.windows).toHaveLength(1)
    expect(after.windows[0]).toMatchObject({ fromPosition: before.windows[0]?.fromPosition })
    expect(after.windows[0]?.backupIds).toHaveLength(2)
    expect(await bases()).toHaveLength(2)
  })

  it('are not restored into a database', async () => {
    const [newest] = await bases()
    const input = { backupId: newest?.id ?? '', target: { database: 'restored' } }
    await expect(startRestore({ ctx: product.ctx, input })).rejects.toMatchObject({ code: 'kind-unsupported' })
  })

  it.each(['standard', 'comprehensive'] as const)('are proven by a recovery at level %s', async (level) => {
    await server.sql('INSERT INTO t SELECT n FROM generate_series(1, 1000) n')
    const { jobId } = await startRestoreTest({ ctx: product.ctx, input: { sourceId, level } })
    const job = await product.finished(jobId)
    const test = await getRestoreTest({ ctx: product.ctx, input: { id: job.restoreTestId ?? '' } })
    expect(test.checks.filter(({ verdict }) => verdict !== 'passed')).toEqual([])
    expect(test).toMatchObject({ verdict: 'passed' })
    expect(test.checks.map(({ name }) => name)).toEqual(expect.arrayContaining(['target-reached', 'relations-present']))
  })

  it('are marked when a page of the source is damaged, and the whole ones before them do not go (fault 95)', async () => {
    const whole = (await bases()).at(-1)
    const [place] = await server.sql("SELECT pg_relation_filepath('t') AS path")
    await server.stop()
    const file = path.join(server.dataDir, String(place?.path))
    const bytes = await readFile(file)
    bytes.writeUInt8(bytes.readUInt8(8100) ^ 1, 8100)
    await writeFile(file, bytes)
    await server.start()
    const { jobId } = await startBackup({ ctx: product.ctx, input: { sourceId, kind: 'base' } })
    expect(await product.finished(jobId)).toMatchObject({ state: 'succeeded' })
    const marked = (await bases()).at(-1)
    expect(marked?.warnings).toContainEqual(expect.stringContaining(`${String(place?.path)} fail their checksum`))
    expect(marked).toMatchObject({ damagedAtSource: true })
    expect(whole).toMatchObject({ damagedAtSource: false })
    const only = { minimum: 1, keepLast: 1, timeZone: 'UTC' }
    const inAYear = new Date(Date.now() + 365 * 86_400_000)
    const { entries } = await loadHistory(product.ctx.db, sourceId)
    const plan = planCopies(entries, { ofSource: [only], ofDestination: new Map() }, inAYear)
    const kept = plan.filter(({ keep }) => keep).map(({ id }) => id)
    expect(kept.sort()).toEqual([whole?.id, marked?.id].sort())
  })
})
