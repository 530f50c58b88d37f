import { randomUUID } from 'node:crypto'
import { DeleteObjectCommand } from '@aws-sdk/client-s3'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { deleteDestination } from '@/lib/services/destination/delete-destination'
import { getDestination } from '@/lib/services/destination/get-destination'
import { updateDestination } from '@/lib/services/destination/update-destination'
import { claimNextJob } from '@/lib/services/job/claim-next-job'
import { cleanupUnknown } from '@/lib/services/storage-care/cleanup-unknown'
import { listUnknownObjects } from '@/lib/services/storage-care/list-unknown-objects'
import { startCare } from '@/lib/services/storage-care/start-care'
import { inventoryTask } from '@/worker/tasks/inventory'
import { startFaultProxy, type FaultProxy } from '../helpers/faults/fault-proxy'
import { logAndSetKeys, nearMisses } from '../helpers/log-and-set'
import { startProduct, type Product } from '../helpers/product'
import { makeTestRun } from '../helpers/run-context'
import { makeBucket, type TestBucket } from '../helpers/servers/s3'
import { testS3 } from '../helpers/servers/servers'

const hourMs = 3_600_000
const key = 'holdfast/v1/loose.txt'

/** What the store says of when its objects were written; null: nothing at all. */
const clocks = [
  { name: 'is right', says: undefined, shown: expect.stringMatching(/^20[2-9]\d-/) },
  { name: 'is ten years behind', says: '2016-11-29T02:00:00.000Z', shown: '2016-11-29T02:00:00.000Z' },
  { name: 'is ten years ahead', says: '2036-11-29T02:00:00.000Z', shown: '2036-11-29T02:00:00.000Z' },
  { name: 'stands at 1970', says: '1970-01-01T00:00:00.000Z', shown: '1970-01-01T00:00:00.000Z' },
  { name: 'does not say', says: null, shown: null },
]

describe('an object that the catalog does not know, where the clock of the store', () => {
  let product: Product
  let proxy: FaultProxy
  const open: TestBucket[] = []

  beforeAll(async () => {
    ;[product, proxy] = await Promise.all([startProduct(), startFaultProxy(testS3().endpoint)])
  })
  afterEach(() => proxy.heal())
  afterAll(async () => {
    for (const bucket of open) bucket.close()
    await proxy.close()
    await product.close()
  })

  const store = async () => {
    const bucket = await makeBucket()
    open.push(bucket)
    const id = await product.addDestination(bucket.spec({ endpoint: proxy.endpoint, lifecycleSafetyNet: false }))
    return { bucket, id }
  }
  const saysOfTime = (says: string | null | undefined) => {
    if (says === undefined) return
    const change = (text: string) =>
      text.replaceAll(/<LastModified>.*?<\/LastModified>/g, says === null ? '' : `<LastModified>${says}</LastModified>`)
    proxy.fail({ on: 'ListObjectsV2', fault: { kind: 'rewrite-body', change } })
    const header = says === null ? undefined : new Date(says).toUTCString()
    proxy.fail({ on: 'HeadObject', fault: { kind: 'set-headers', headers: { 'last-modified': header } } })
  }
  /** The worker's own code for a job that was started. */
  const run = async (jobId: string) => {
    const { ctx, home } = product
    const job = await claimNextJob(ctx.db, { kind: 'inventory', workerId: randomUUID() })
    if (job?.id !== jobId) throw new Error('The job was not there to be claimed')
    const args = { ctx, job, home, run: makeTestRun(), assertLease: () => Promise.resolve(), logText: () => '' }
    const end = await inventoryTask.run(args)
    await ctx.db.$transaction((tx) => end.commit(tx, 'succeeded'))
    await ctx.db.job.update({ where: { id: jobId }, data: { state: 'succeeded', finishedAt: new Date() } })
  }
  const look = async (id: string) => {
    await run((await startCare({ ctx: product.ctx, input: { id, kind: 'inventory' } })).jobId)
    return listUnknownObjects({ ctx: product.ctx, input: { id } })
  }
  const remove = (id: string, count: number) => cleanupUnknown({ ctx: product.ctx, input: { id, count } })
  /** As if it had been seen first so long ago. */
  const known = (destinationId: string, hours: number) =>
    product.ctx.db.storageFinding.updateMany({
      where: { destinationId },
      data: { firstSeenAt: new Date(Date.now() - hours * hourMs) },
    })
  const rows = (destinationId: string) => product.ctx.db.storageFinding.findMany({ where: { destinationId } })
  const told = (destinationId: string) =>
    product.ctx.db.alert.count({
      where: { event: 'unknown-objects', key: { contains: destinationId }, resolvedAt: null },
    })

  it.each(clocks)('$name: is reported at once, shown as it is, and removable a day after we saw it', async (clock) => {
    const { bucket, id } = await store()
    await bucket.write(key, 'hello')
    saysOfTime(clock.says)
    const before = Date.now()
    const first = await look(id)
    expect(first).toMatchObject({ count: 1, removableCount: 0 })
    expect(first.items).toEqual([
      { key, sizeBytes: 5, lastModified: clock.shown, firstSeenAt: expect.any(String), removable: false },
    ])
    expect(Date.parse(first.items[0]?.firstSeenAt ?? '')).toBeGreaterThanOrEqual(before)
    expect(await told(id)).toBe(1)
    await expect(remove(id, 1)).rejects.toMatchObject({ code: 'nothing-to-remove' })

    await known(id, 23)
    expect(await look(id)).toMatchObject({ count: 1, removableCount: 0, items: [{ removable: false }] })
    await known(id, 25)
    expect(await look(id)).toMatchObject({ count: 1, removableCount: 1, items: [{ removable: true }] })
    await run((await remove(id, 1)).jobId)
    expect(await bucket.names()).toEqual([])
    expect(await rows(id)).toEqual([])
    expect(await told(id)).toBe(0)
  })

  it.each(clocks)('$name: starts anew when it went and came again', async (clock) => {
    const { bucket, id } = await store()
    await bucket.write(key, 'hello')
    saysOfTime(clock.says)
    await look(id)
    await known(id, 48)
    expect((await look(id)).removableCount).toBe(1)
    await bucket.client.send(new DeleteObjectCommand({ Bucket: bucket.name, Key: key }))
    expect(await look(id)).toMatchObject({ count: 0, items: [] })
    expect(await rows(id)).toEqual([])
    await bucket.write(key, 'hello')
    expect(await look(id)).toMatchObject({ count: 1, removableCount: 0 })
  })

  it.each(clocks)('$name: starts anew when another lies under its key, of the same size too', async (clock) => {
    const { bucket, id } = await store()
    await bucket.write(key, 'hello')
    saysOfTime(clock.says)
    for (const text of ['hallo', 'longer than that']) {
      await look(id)
      await known(id, 48)
      expect((await look(id)).removableCount).toBe(1)
      await bucket.write(key, text)
      expect(await look(id)).toMatchObject({ count: 1, removableCount: 0 })
    }
  })

  it('is right: one that is written anew between the listing and its removal stays', async () => {
    const { bucket, id } = await store()
    await bucket.write(key, 'hello')
    await look(id)
    await known(id, 48)
    const { jobId } = await remove(id, 1)
    proxy.fail({ on: 'HeadObject', fault: { kind: 'set-headers', headers: { etag: '"of another one"' } } })
    await run(jobId)
    expect(await bucket.names()).toEqual([key])
    proxy.heal()
    await run((await remove(id, 1)).jobId)
    expect(await bucket.names()).toEqual([])
  })

  it('is wrong: it is not reported while a run writes that began before we saw it; afterwards it is', async () => {
    const { bucket, id } = await store()
    await bucket.write(key, 'hello')
    saysOfTime('2016-11-29T02:00:00.000Z')
    const writer = await product.ctx.db.job.create({
      data: {
        kind: 'copy',
        state: 'running',
        input: {},
        maxAttempts: 1,
        startedAt: new Date(Date.now() - hourMs),
        actor: { type: 'worker', id: 'test', role: 'admin' },
      },
    })
    for (let time = 0; time < 2; time += 1) expect(await look(id)).toMatchObject({ count: 0, items: [] })
    expect(await told(id)).toBe(0)
    await expect(remove(id, 1)).rejects.toMatchObject({ code: 'nothing-to-remove' })
    // Even a run that ended while the store was listed may have written it.
    const ends = async (finishedAt: Date) =>
      product.ctx.db.job.update({ where: { id: writer.id }, data: { state: 'succeeded', finishedAt } })
    await ends(new Date(Date.now() + hourMs))
    expect(await look(id)).toMatchObject({ count: 0 })
    await ends(new Date(Date.now() - 1_000))
    expect(await look(id)).toMatchObject({ count: 1, items: [{ key }] })
    expect(await told(id)).toBe(1)
  })

  it('is right: nothing of a log or a set is one, and what only looks like it is', async () => {
    const { bucket, id } = await store()
    // Those that are no keys at all, or not below holdfast/, cannot lie there or are not looked at.
    const strays = nearMisses.filter((each) => each.startsWith('holdfast/') && !/\/\/|\/\.\.\//.test(each)).sort()
    expect(strays.length).toBeGreaterThan(40)
    for (const each of [...logAndSetKeys, ...strays]) await bucket.write(each, 'x')
    const found = await look(id)
    expect(found.items.map((object) => object.key).sort()).toEqual(strays)
    const { care } = await getDestination({ ctx: product.ctx, input: { id } })
    const bytes = logAndSetKeys.length + strays.length
    expect(care.inventory).toMatchObject({ objects: bytes, bytes, unknownObjects: strays.length, brokenCopies: 0 })

    // Even one that an earlier version had reported stays when all are removed.
    const seen = { destinationId: id, sizeBytes: 1n, firstSeenAt: new Date(), lastSeenAt: new Date() }
    await product.ctx.db.storageFinding.createMany({
      data: logAndSetKeys.map((each) => ({ ...seen, key: each, reportedAt: new Date() })),
    })
    await known(id, 48)
    await run((await remove(id, logAndSetKeys.length + strays.length)).jobId)
    expect((await bucket.names()).sort()).toEqual(logAndSetKeys.toSorted())
    expect(await look(id)).toMatchObject({ count: 0, items: [] })
    expect(await rows(id)).toEqual([])
    expect(await told(id)).toBe(0)
  })

  it('is any: it is forgotten when the destination lies elsewhere now, or was removed', async () => {
    const { bucket, id } = await store()
    await bucket.write(key, 'hello')
    await look(id)
    expect(await rows(id)).toHaveLength(1)
    await updateDestination({ ctx: product.ctx, input: { id, patch: { config: { prefix: 'elsewhere/' } } } })
    expect(await rows(id)).toEqual([])
    await updateDestination({ ctx: product.ctx, input: { id, patch: { config: { prefix: '' } } } })
    await look(id)
    expect(await rows(id)).toHaveLength(1)
    await deleteDestination({ ctx: product.ctx, input: { id } })
    expect(await rows(id)).toEqual([])
  })
})
