import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { listRestoreGrants } from '@/lib/services/restore-grant/list-restore-grants'
import { createRestoreGrant } from '@/lib/services/restore-grant/create-restore-grant'
import { deleteRestoreGrant } from '@/lib/services/restore-grant/delete-restore-grant'
import { startBackup } from '@/lib/services/backup/start-backup'
import { startRestore } from '@/lib/services/restore/start-restore'
import { person, showAgain } from '../helpers/catalog/people'
import { startPostgres, type TestPostgres } from '../helpers/servers/postgres'
import { startProduct, type Product, type WorkerProcess } from '../helpers/product'
import { as } from '../helpers/catalog/service-context'

/** A server with a role for restores, backups of a shop and its neighbour, and a worker that is started when asked. */
describe('where backups may be restored', () => {
  let product: Product
  let pg: TestPostgres
  let worker: WorkerProcess
  let shop: string
  /** The same server, reached as a role that may make databases and no more. */
  let plain: string
  /** The same server, reached as its superuser. */
  let mighty: string
  let backupId: string
  let made = 0

  const target = (sourceId: string) => ({ sourceId, database: `restored_${++made}`, owners: 'drop' as const })
  const restore = (ctx: Product['ctx'], sourceId: string) =>
    startRestore({ ctx, input: { backupId, target: target(sourceId) } })
  const allow = (targetId: string) => createRestoreGrant({ ctx: product.ctx, input: { id: shop, targetId } })
  const ended = async (sourceId: string) => product.finished((await restore(product.ctx, sourceId)).jobId)
  const audited = async (action: string) =>
    (await product.ctx.db.auditIntake.count({ where: { action } })) +
    (await product.ctx.db.auditEvent.count({ where: { action } }))

  beforeAll(async () => {
    ;[product, pg] = await Promise.all([startProduct(), startPostgres({ password: 'secret' })])
    await pg.sql('CREATE DATABASE shop')
    await pg.sql('CREATE TABLE sold AS SELECT 1 AS id', 'shop')
    await pg.sql("CREATE ROLE restorer LOGIN CREATEDB PASSWORD 'secret'")
    const connection = { database: 'shop' }
    shop = await product.addSource(pg.source({ connection }))
    plain = await product.addSource(pg.source({ connection: { user: 'restorer', database: 'postgres' } }))
    mighty = await product.addSource(pg.source({ connection: { database: 'postgres' } }))
    const { id } = await product.addLocalDestination()
    worker = await product.startWorker()
    const { jobId } = await startBackup({ ctx: product.ctx, input: { sourceId: shop, destinationIds: [id] } })
    backupId = (await product.finished(jobId)).backupId ?? ''
  }, 180_000)
  afterAll(async () => {
    await product.close()
    await pg.close()
  })
  beforeEach(() => product.ctx.db.restoreGrant.deleteMany())

  it('is its own server without asking anybody, superuser or not (security 20)', async () => {
    expect(await ended(shop)).toMatchObject({ state: 'succeeded' })
    expect(await restore(as(product.ctx, 'operator'), shop)).toMatchObject({ job: { state: 'queued' } })
  }, 120_000)

  it.each(['operator', 'admin'] as const)(
    'is another source’s server only with a grant, for the role %s too (security 22)',
    async (role) => {
      const refused = { code: 'restore-not-granted', remedy: expect.stringContaining('administrator') }
      await expect(restore(as(product.ctx, role), plain)).rejects.toMatchObject(refused)
      await allow(plain)
      const { jobId } = await restore(as(product.ctx, role), plain)
      expect(await product.finished(jobId)).toMatchObject({ state: 'succeeded' })
      // In one direction only, and for this source only.
      const back = { id: plain, targetId: shop }
      expect(await product.ctx.db.restoreGrant.count({ where: { sourceId: back.id, targetId: back.targetId } })).toBe(0)
      await expect(restore(as(product.ctx, role), mighty)).rejects.toMatchObject(refused)
    },
    120_000,
  )

  it('is allowed by an administrator who has shown who they are, and both words are audited (security 22, 23)', async () => {
    const input = { id: shop, targetId: plain }
    for (const role of ['viewer', 'operator'] as const) {
      const other = as(product.ctx, role)
      await expect(createRestoreGrant({ ctx: other, input })).rejects.toMatchObject({ code: 'forbidden' })
    }
    const admin = await person(product.ctx)
    await expect(createRestoreGrant({ ctx: admin.ctx, input })).rejects.toMatchObject({ code: 'step-up-needed' })
    expect(await product.ctx.db.restoreGrant.count()).toBe(0)
    await showAgain(admin)
    const before = [await audited('restore.grant'), await audited('restore.grant-withdraw')]
    const grant = await createRestoreGrant({ ctx: admin.ctx, input })
    expect(grant).toMatchObject({ sourceId: shop, targetId: plain, grantedBy: admin.email })
    // Once more changes nothing.
    expect((await createRestoreGrant({ ctx: admin.ctx, input })).id).toBe(grant.id)
    const listed = await listRestoreGrants({ ctx: as(product.ctx, 'viewer'), input: { id: shop } })
    expect(listed.items).toEqual([grant])
    const withdraw = (ctx: Product['ctx']) => deleteRestoreGrant({ ctx, input: { id: grant.id } })
    await expect(withdraw(as(product.ctx, 'operator'))).rejects.toMatchObject({ code: 'forbidden' })
    await withdraw(admin.ctx)
    expect((await listRestoreGrants({ ctx: product.ctx, input: { id: shop } })).items).toEqual([])
    const after = [await audited('restore.grant'), await audited('restore.grant-withdraw')]
    expect(after).toEqual(before.map((count) => count + 1))
  })

  it('is never a server where the role is superuser, for another source’s backup; the remedy is SQL (security 14, 20)', async () => {
    await allow(mighty)
    await expect(restore(product.ctx, mighty)).rejects.toMatchObject({
      code: 'target-superuser',
      message: expect.stringContaining('postgres, which is superuser'),
      remedy: expect.stringMatching(/CREATE ROLE .* NOSUPERUSER CREATEDB/),
    })
    expect(await product.ctx.db.restore.count({ where: { target: { path: ['sourceId'], equals: mighty } } })).toBe(0)
  })

  it.each([
    ['SUPERUSER', 'NOSUPERUSER', 'is superuser'],
    ['CREATEROLE', 'NOCREATEROLE', 'may create roles'],
    ['pg_execute_server_program', '', 'is a member of pg_execute_server_program'],
    ['pg_write_server_files', '', 'is a member of pg_write_server_files'],
    ['pg_read_server_files', '', 'is a member of pg_read_server_files'],
    ['postgres', '', 'is a member of postgres'],
  ])('counts %s as superuser: its code leaves its database (security 14, 20)', async (right, without, words) => {
    await allow(plain)
    await pg.sql(without ? `ALTER ROLE restorer ${right}` : `GRANT "${right}" TO restorer`)
    try {
      await expect(restore(product.ctx, plain)).rejects.toMatchObject({
        code: 'target-superuser',
        message: expect.stringContaining(words),
      })
    } finally {
      await pg.sql(without ? `ALTER ROLE restorer ${without}` : `REVOKE "${right}" FROM restorer`)
    }
    expect(await restore(product.ctx, plain)).toMatchObject({ job: { state: 'queued' } })
  })

  describe('when it changes while the restore waits', () => {
    beforeAll(() => worker.stop())

    it.each([
      {
        name: 'a grant is withdrawn: it is not begun (security 22)',
        code: 'restore-not-granted',
        change: () => product.ctx.db.restoreGrant.deleteMany(),
        back: () => Promise.resolve(),
      },
      {
        name: 'the role becomes superuser: it is not begun (security 20)',
        code: 'target-superuser',
        change: () => pg.sql('ALTER ROLE restorer SUPERUSER'),
        back: () => pg.sql('ALTER ROLE restorer NOSUPERUSER'),
      },
      {
        name: 'the target turns out to be the catalog: it is not begun (security 22)',
        code: 'target-is-catalog',
        change: () => product.ctx.db.source.update({ where: { id: plain }, data: { catalog: true } }),
        back: () => product.ctx.db.source.update({ where: { id: plain }, data: { catalog: false } }),
      },
    ])(
      '$name',
      async ({ code, change, back }) => {
        await allow(plain)
        const asked = target(plain)
        const { jobId } = await startRestore({ ctx: product.ctx, input: { backupId, target: asked } })
        await change()
        const late = await product.startWorker()
        try {
          expect(await product.finished(jobId)).toMatchObject({ state: 'failed', error: { code } })
          const [found] = await pg.sql(
            `SELECT count(*)::int AS n FROM pg_database WHERE datname LIKE '${asked.database}%'`,
          )
          expect(found).toEqual({ n: 0 })
        } finally {
          await late.stop()
          await back()
        }
      },
      120_000,
    )
  })
})
