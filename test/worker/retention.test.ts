import { readdir } from 'node:fs/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createScheduleSchema } from '@/lib/contracts/schedule'
import { deleteBackup } from '@/lib/services/backup/delete-backup'
import { startBackup } from '@/lib/services/backup/start-backup'
import { updateBackup } from '@/lib/services/backup/update-backup'
import { createRetentionPolicy } from '@/lib/services/retention-policy/create-retention-policy'
import { previewRetention } from '@/lib/services/retention/preview-retention'
import { createSchedule } from '@/lib/services/schedule/create-schedule'
import { deleteAtOnce } from '../helpers/faults/delete-at-once'
import { startPostgres, type TestPostgres } from '../helpers/servers/postgres'
import { startProduct, type Product } from '../helpers/product'
import { waitFor } from '../helpers/wait-for'
import { containers, items } from '../helpers/measures'

const dayMs = 86_400_000

describe('retention', () => {
  let product: Product
  let pg: TestPostgres
  let local: { id: string; folder: string }
  let sourceId: string

  beforeAll(async () => {
    ;[product, pg] = await Promise.all([startProduct(), startPostgres()])
    local = await product.addLocalDestination()
    sourceId = await product.addSource(pg.source())
    const { id: retentionPolicyId } = await createRetentionPolicy({
      ctx: product.ctx,
      input: { name: 'a week', rules: { keepDays: 7, minimum: 1 } },
    })
    await createSchedule({
      ctx: product.ctx,
      input: createScheduleSchema.parse({
        sourceId,
        action: 'backup',
        cron: '0 2 1 1 *',
        destinationIds: [local.id],
        retentionPolicyId,
      }),
    })
    await product.startWorker()
  })
  afterAll(async () => {
    await product.close()
    await pg.close()
  })

  const back = async () => {
    const job = await product.finished((await startBackup({ ctx: product.ctx, input: { sourceId } })).jobId)
    expect(job.state).toBe('succeeded')
    return job.backupId ?? ''
  }
  const age = async (id: string, days: number) => {
    const startedAt = new Date(Date.now() - days * dayMs)
    await product.ctx.db.backup.update({ where: { id }, data: { startedAt, finishedAt: startedAt } })
  }
  const stored = async () =>
    (await readdir(local.folder, { recursive: true })).filter((name) => name.endsWith('manifest.json'))
  const holds = async (id: string) => (await stored()).some((name) => name.includes(id))

  it('removes what the policy no longer keeps, says why, and keeps pinned ones', async () => {
    const [old, pinned, recent] = [await back(), await back(), await back()]
    await updateBackup({ ctx: product.ctx, input: { id: pinned, pinned: true } })
    await waitFor(
      'no retention to run',
      async () => (await product.ctx.db.job.count({ where: { state: { in: ['queued', 'running'] } } })) === 0,
    )
    await age(old, 30)
    await age(pinned, 40)
    await age(recent, 3)
    const preview = await previewRetention({
      ctx: product.ctx,
      input: { sourceId, rules: { keepDays: 7, minimum: 1 } },
    })
    expect(preview.backups.filter((backup) => !backup.keep).map((backup) => backup.id)).toEqual([old])

    const newest = await back()
    await waitFor('the old one to go', async () => !(await holds(old)))
    for (const id of [pinned, recent, newest]) expect(await holds(id)).toBe(true)
    const row = await product.ctx.db.backup.findUnique({ where: { id: old }, include: { copies: true } })
    expect(row?.deletedReason).toContain('the policy keeps 7 days')
    await waitFor('its copy to be recorded as deleted', async () => {
      const copy = await product.ctx.db.backupCopy.findFirst({ where: { backupId: old } })
      return copy?.state === 'deleted'
    })
  })

  it('refuses to delete the last good backup, a pinned one, and one in use', async () => {
    const all = await product.ctx.db.backup.findMany({
      where: { sourceId, deletedAt: null },
      orderBy: { startedAt: 'desc' },
    })
    const pinned = all.find((backup) => backup.pinned)
    await expect(deleteBackup({ ctx: product.ctx, input: { id: pinned?.id ?? '' } })).rejects.toMatchObject({
      code: 'backup-pinned',
    })
    const others = all.filter((backup) => !backup.pinned)
    for (const backup of others) await deleteAtOnce(product.ctx, backup.id)
    // Last: as long as there are others, retention may take one that is not pinned any more.
    await updateBackup({ ctx: product.ctx, input: { id: pinned?.id ?? '', pinned: false } })
    await expect(deleteBackup({ ctx: product.ctx, input: { id: pinned?.id ?? '' } })).rejects.toMatchObject({
      code: 'last-good-backup',
    })
    await waitFor('the objects to go', async () => (await stored()).length === 1)
  })

  it('tells the server apart and counts rows and tables when a backup is taken (fault 79) (fault 43)', async () => {
    const row = await product.ctx.db.backup.findUniqueOrThrow({ where: { id: await back() } })
    expect(row.identity).toMatch(/^15\/\d{10,}$/)
    expect(row.measures).toEqual([items('rows', expect.any(Number)), containers('tables', expect.any(Number))])
  })
})
