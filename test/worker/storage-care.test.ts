import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { getBackup } from '@/lib/services/backup/get-backup'
import { startBackup } from '@/lib/services/backup/start-backup'
import { getDestination } from '@/lib/services/destination/get-destination'
import { cleanupUnknown } from '@/lib/services/storage-care/cleanup-unknown'
import { listUnknownObjects } from '@/lib/services/storage-care/list-unknown-objects'
import { startCare } from '@/lib/services/storage-care/start-care'
import { startDueCare } from '@/lib/services/storage-care/start-due-care'
import { startPostgres, type TestPostgres } from '../helpers/servers/postgres'
import { startProduct, type Product } from '../helpers/product'
import { restorableSet } from '../helpers/databases/restorable-set'
import { waitFor } from '../helpers/wait-for'

const dayMs = 86_400_000

describe('what is stored is looked after', () => {
  let product: Product
  let pg: TestPostgres
  let sourceId: string
  let north: { id: string; folder: string }
  let south: { id: string; folder: string }

  beforeAll(async () => {
    ;[product, pg] = await Promise.all([startProduct(), startPostgres()])
    await pg.sql('CREATE TABLE item AS SELECT id, md5(id::text) AS text FROM generate_series(1, 20000) AS id')
    sourceId = await product.addSource(pg.source(), { maxAttempts: 1 })
    north = await product.addLocalDestination('north')
    south = await product.addLocalDestination('south')
    await product.startWorker()
  })
  afterAll(async () => {
    await product?.close()
    await pg?.close()
  })

  const back = async (destinationIds: string[]) => {
    const { jobId } = await startBackup({ ctx: product.ctx, input: { sourceId, destinationIds } })
    const job = await product.finished(jobId)
    expect(job.state).toBe('succeeded')
    return job.backupId ?? ''
  }
  const care = async (kind: 'inventory' | 'reverify', id = north.id) => {
    const { jobId } = await startCare({ ctx: product.ctx, input: { id, kind } })
    return product.finished(jobId)
  }
  const stateIn = async (backupId: string, destinationId: string) => {
    const backup = await getBackup({ ctx: product.ctx, input: { id: backupId } })
    return backup.copies.find((copy) => copy.destinationId === destinationId)?.state
  }
  const folderOf = async (backupId: string, store = north) => {
    const { repositoryPath } = await product.ctx.db.backup.findUniqueOrThrow({ where: { id: backupId } })
    return path.join(store.folder, repositoryPath)
  }
  const openAlerts = async (event: string) => product.ctx.db.alert.findMany({ where: { event, resolvedAt: null } })
  /** As if the copies had been written, or read, so long ago. */
  const age = (backupIds: string[], days: number) =>
    product.ctx.db.backupCopy.updateMany({
      where: { backupId: { in: backupIds } },
      data: { storedAt: new Date(Date.now() - days * dayMs), verifiedAt: null },
    })

  it('reading back finds a flipped bit, reports it once, and the copy is repaired from the other one', async () => {
    const backupId = await back([north.id, south.id])
    await age([backupId], 29)
    const folder = await folderOf(backupId)
    const archive = path.join(folder, 'archive.dump.zst.age')
    const bytes = await readFile(archive)
    const changed = Buffer.from(bytes)
    changed.writeUInt8(changed.readUInt8(5_000) ^ 1, 5_000)
    await writeFile(archive, changed)
    const job = await care('reverify')
    expect(job).toMatchObject({ state: 'partial', error: { code: 'copies-not-whole' } })
    const told = await product.ctx.db.alert.findMany({ where: { event: 'copy-damaged' } })
    expect(told).toMatchObject([{ title: expect.stringContaining('north'), sourceId }])

    await waitFor('the copy to be repaired', async () => (await stateIn(backupId, north.id)) === 'stored')
    expect((await readFile(archive)).equals(bytes)).toBe(true)
    expect(await restorableSet(product.ctx)).toEqual([`${backupId}@north`, `${backupId}@south`])
    await waitFor('the incident to end', async () => (await openAlerts('copy-damaged')).length === 0)
    expect(await getBackup({ ctx: product.ctx, input: { id: backupId } })).toMatchObject({ status: 'succeeded' })
  })

  it('a damaged copy that is the only one is reported and left as it is', async () => {
    const backupId = await back([north.id])
    await age([backupId], 29)
    const archive = path.join(await folderOf(backupId), 'archive.dump.zst.age')
    const bytes = await readFile(archive)
    await writeFile(archive, bytes.subarray(0, -1))
    expect((await care('reverify')).state).toBe('partial')
    expect(await stateIn(backupId, north.id)).toBe('damaged')
    expect(await getBackup({ ctx: product.ctx, input: { id: backupId } })).toMatchObject({ verified: 'broken' })
    expect((await openAlerts('copy-damaged'))[0]?.body).toContain('no other copy')
    expect((await readFile(archive)).length).toBe(bytes.length - 1)
    await writeFile(archive, bytes)
    await product.ctx.db.backup.update({ where: { id: backupId }, data: { deletedAt: new Date() } })
    // Nobody needs to hear of what was deleted meanwhile.
    expect((await care('inventory')).state).toBe('succeeded')
    expect(await openAlerts('copy-damaged')).toEqual([])
  })

  it('a reading that is broken off goes on with the next copies (fault 44)', async () => {
    const backupIds = [await back([north.id]), await back([north.id]), await back([north.id])]
    await age(backupIds, 29)
    const [first = '', second = ''] = backupIds
    const copyOf = (backupId: string) => product.ctx.db.backupCopy.findFirstOrThrow({ where: { backupId } })
    // The run before was broken off behind the first of them.
    await product.ctx.db.backupCopy.updateMany({ where: { backupId: first }, data: { verifiedAt: new Date() } })
    const readBefore = (await copyOf(first)).verifiedAt
    expect((await care('reverify')).state).toBe('succeeded')
    expect((await copyOf(first)).verifiedAt).toEqual(readBefore)
    expect((await copyOf(second)).verifiedAt?.getTime()).toBeGreaterThan(Date.now() - 60_000)
    const { care: found } = await getDestination({ ctx: product.ctx, input: { id: north.id } })
    expect(found.reverify).toMatchObject({ copies: 2, brokenCopies: 0 })
  })

  it('an inventory finds a copy that is gone, and one that lost an object, and both are repaired', async () => {
    const gone = await back([north.id, south.id])
    const torn = await back([north.id, south.id])
    await rm(await folderOf(gone), { recursive: true })
    await rm(path.join(await folderOf(torn), 'globals.sql.zst.age'))
    expect((await care('inventory')).state).toBe('succeeded')
    const { care: found } = await getDestination({ ctx: product.ctx, input: { id: north.id } })
    expect(found.inventory).toMatchObject({ brokenCopies: 2 })
    expect(await product.ctx.db.alert.count({ where: { event: 'copy-damaged', resolvedAt: null } })).toBeLessThan(2)
    for (const backupId of [gone, torn]) {
      await waitFor('the copy to be repaired', async () => (await stateIn(backupId, north.id)) === 'stored')
    }
    await waitFor('the incident to end', async () => (await openAlerts('copy-damaged')).length === 0)
    const set = await restorableSet(product.ctx)
    expect(set).toEqual(expect.arrayContaining([`${gone}@north`, `${torn}@north`]))
  })

  describe('objects that the catalog does not know (fault 82)', () => {
    const plant = async (key: string, text: string) => {
      const file = path.join(south.folder, key)
      await mkdir(path.dirname(file), { recursive: true })
      await writeFile(file, text)
    }
    const unknown = () => listUnknownObjects({ ctx: product.ctx, input: { id: south.id } })
    const other = '0193b3a2-6c1e-7c3a-9b1f-2f6f6b0c9a11'
    const foreign = `holdfast/v1/${other}/20200101T000000Z-${other}/`

    it('are reported with their sizes, reported once, and not removed', async () => {
      const backupId = await back([south.id])
      await plant(`${foreign}archive.dump.zst.age`, 'x'.repeat(1_000))
      await plant(`${foreign}manifest.json`, '{}')
      const own = (await folderOf(backupId, south)).slice(south.folder.length + 1)
      await plant(`${own}extra.bin`, 'extra')
      await plant('elsewhere/not-ours.txt', 'somebody else')
      expect((await care('inventory', south.id)).state).toBe('succeeded')
      expect(await unknown()).toMatchObject({ count: 3, sizeBytes: 1_007, removableCount: 0 })
      // As if they had been seen first two days ago.
      await product.ctx.db.storageFinding.updateMany({ data: { firstSeenAt: new Date(Date.now() - 2 * dayMs) } })
      await plant('holdfast/v1/loose.txt', 'hello')
      for (let time = 0; time < 2; time += 1) expect((await care('inventory', south.id)).state).toBe('succeeded')
      const found = await unknown()
      expect(found.items.map((object) => object.key).sort()).toEqual(
        [
          `${foreign}archive.dump.zst.age`,
          `${foreign}manifest.json`,
          'holdfast/v1/loose.txt',
          `${own}extra.bin`,
        ].sort(),
      )
      expect(found).toMatchObject({ count: 4, sizeBytes: 1_012, removableCount: 3, removableBytes: 1_007 })
      expect(await openAlerts('unknown-objects')).toMatchObject([{ title: 'Unknown objects in south' }])
      expect(await stateIn(backupId, south.id)).toBe('stored')
    })

    it('are removed only when asked for, by their number, and only those seen for more than a day', async () => {
      const set = await restorableSet(product.ctx)
      const remove = (count: number) => cleanupUnknown({ ctx: product.ctx, input: { id: south.id, count } })
      await expect(remove(4)).rejects.toMatchObject({ code: 'count-changed' })
      const { jobId } = await remove(3)
      expect((await product.finished(jobId)).state).toBe('succeeded')
      expect((await unknown()).items.map((object) => object.key)).toEqual(['holdfast/v1/loose.txt'])
      const left = (await readdir(south.folder, { recursive: true })).filter((name) =>
        /loose|not-ours|extra|0193b3a2/.test(name),
      )
      expect(left.sort()).toEqual(['elsewhere/not-ours.txt', 'holdfast/v1/loose.txt'])
      expect(await restorableSet(product.ctx)).toEqual(set)
      await expect(remove(1)).rejects.toMatchObject({ code: 'nothing-to-remove' })
    })

    it('end their incident when they are gone', async () => {
      await rm(path.join(south.folder, 'holdfast/v1/loose.txt'))
      await care('inventory', south.id)
      expect(await openAlerts('unknown-objects')).toEqual([])
    })
  })

  it('is begun once a day for each destination, and again when it failed', async () => {
    const { ctx } = product
    await ctx.db.job.deleteMany({ where: { kind: { in: ['inventory', 'reverify'] } } })
    const count = () => ctx.db.job.count({ where: { kind: 'inventory' } })
    const at = (hours: number) => new Date(Date.now() + hours * 3_600_000)
    await startDueCare({ ctx, now: at(1) })
    expect(await count()).toBe(0)
    await ctx.db.destination.updateMany({ data: { createdAt: at(-48) } })
    for (let time = 0; time < 3; time += 1) await startDueCare({ ctx, now: at(0) })
    expect(await count()).toBe(2)
    await waitFor('both to end', async () => {
      const open = await ctx.db.job.count({ where: { kind: 'inventory', state: { in: ['queued', 'running'] } } })
      return open === 0
    })
    await startDueCare({ ctx, now: at(20) })
    expect(await count()).toBe(2)
    await ctx.db.job.updateMany({ where: { kind: 'inventory' }, data: { state: 'failed' } })
    await startDueCare({ ctx, now: at(1) })
    expect(await count()).toBe(4)
  })
})
