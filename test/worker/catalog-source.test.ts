import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { getBackup } from '@/lib/services/backup/get-backup'
import { openDownload } from '@/lib/services/backup/open-download'
import { startBackup } from '@/lib/services/backup/start-backup'
import type { ServiceContext } from '@/lib/services/context'
import { instanceId } from '@/lib/services/instance/instance-settings'
import { createRestoreGrant } from '@/lib/services/restore-grant/create-restore-grant'
import { startRestore } from '@/lib/services/restore/start-restore'
import { getSource } from '@/lib/services/source/get-source'
import { testSource } from '@/lib/services/source/test-source'
import { updateSource } from '@/lib/services/source/update-source'
import { person, showAgain } from '../helpers/catalog/people'
import { makeSource, startPostgres, type TestPostgres } from '../helpers/servers/postgres'
import { startProduct, type Product } from '../helpers/product'
import { as } from '../helpers/catalog/service-context'

/** Somebody adds the catalog's database once more, under a name and an address of their own. */
describe('the catalog as a source', () => {
  let product: Product
  let pg: TestPostgres
  let second: string
  let elsewhere: string
  let backupId: string
  let catalogServer: { host: string; port: number; database: string; user: string }

  const download = async (ctx: ServiceContext) => {
    const signal = new AbortController().signal
    const { stream } = await openDownload({ ctx, input: { id: backupId, form: 'stored' }, signal })
    for await (const _ of stream) if (signal.aborted) break
    return 'downloaded'
  }
  const restore = (ctx: ServiceContext, sourceId: string) =>
    startRestore({ ctx, input: { backupId, target: { sourceId, database: 'catalog_copy', owners: 'drop' } } })

  beforeAll(async () => {
    ;[product, pg] = await Promise.all([startProduct(), startPostgres({ password: 'secret' })])
    await instanceId(product.ctx.db)
    const { port, pathname } = new URL(product.url)
    catalogServer = { host: 'localhost', port: Number(port), database: pathname.slice(1), user: 'postgres' }
    second = await product.addSource(makeSource(catalogServer))
    await pg.sql("CREATE ROLE restorer LOGIN CREATEDB PASSWORD 'secret'")
    elsewhere = await product.addSource(pg.source({ connection: { user: 'restorer' } }))
    const { id } = await product.addLocalDestination()
    await product.startWorker()
    const { jobId } = await startBackup({ ctx: product.ctx, input: { sourceId: second, destinationIds: [id] } })
    backupId = (await product.finished(jobId)).backupId ?? ''
  }, 180_000)
  afterAll(async () => {
    await product.close()
    await pg.close()
  })

  it('is known by what its database holds, not by its name, at its first backup (security 14)', async () => {
    expect(await getSource({ ctx: product.ctx, input: { id: second } })).toMatchObject({ catalog: true })
    expect(await getBackup({ ctx: product.ctx, input: { id: backupId } })).toMatchObject({ catalog: true })
    expect(await getSource({ ctx: product.ctx, input: { id: elsewhere } })).toMatchObject({ catalog: false })
  })

  it('is known at the first test of its connection, and stays known when that is changed (security 14)', async () => {
    const id = await product.addSource(makeSource({ ...catalogServer, host: '127.0.0.1' }))
    await testSource({ ctx: product.ctx, input: { id } })
    expect(await getSource({ ctx: product.ctx, input: { id } })).toMatchObject({ catalog: true })
    await updateSource({
      ctx: product.ctx,
      input: { id, patch: { connection: { database: 'postgres', password: '' } } },
    })
    await testSource({ ctx: product.ctx, input: { id } })
    expect(await getSource({ ctx: product.ctx, input: { id } })).toMatchObject({ catalog: true })
  })

  it('gives its backups to administrators alone, who show who they are first (security 14, 22)', async () => {
    for (const [act, name] of [
      [download, 'download'],
      [(ctx: ServiceContext) => restore(ctx, elsewhere), 'restore'],
    ] as const) {
      const operator = await person(product.ctx, 'operator')
      await showAgain(operator)
      for (const ctx of [as(product.ctx, 'operator'), operator.ctx]) {
        const refused = { code: 'forbidden', message: expect.stringContaining('catalog') }
        await expect(act(ctx), name).rejects.toMatchObject(refused)
      }
      await expect(act(as(product.ctx, 'admin')), name).rejects.toMatchObject({ code: 'needs-person' })
      const admin = await person(product.ctx, 'admin')
      await expect(act(admin.ctx), name).rejects.toMatchObject({ code: 'step-up-needed' })
    }
    const admin = await person(product.ctx, 'admin')
    await showAgain(admin)
    expect(await download(admin.ctx)).toBe('downloaded')
    await expect(restore(admin.ctx, elsewhere)).rejects.toMatchObject({ code: 'restore-not-granted' })
    await createRestoreGrant({ ctx: admin.ctx, input: { id: second, targetId: elsewhere } })
    const { jobId } = await restore(admin.ctx, elsewhere)
    expect(await product.finished(jobId)).toMatchObject({ state: 'succeeded' })
  }, 120_000)

  it.each(['localhost', '127.0.0.1'])(
    'is never restored to, nor is any database beside it, reached as %s (security 20, 22)',
    async (host) => {
      const refused = { code: 'target-is-catalog', remedy: expect.stringContaining('another server') }
      await expect(restore(product.ctx, second)).rejects.toMatchObject(refused)
      const beside = await product.addSource(makeSource({ ...catalogServer, host, database: 'postgres' }))
      await createRestoreGrant({ ctx: product.ctx, input: { id: second, targetId: beside } })
      await expect(restore(product.ctx, beside)).rejects.toMatchObject(refused)
      const onIt = { id: elsewhere, targetId: second }
      await expect(createRestoreGrant({ ctx: product.ctx, input: onIt })).rejects.toMatchObject(refused)
      expect(await product.ctx.db.restore.count({ where: { target: { path: ['sourceId'], equals: beside } } })).toBe(0)
    },
  )
})
