import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { jobStates } from '@/lib/contracts/common'
import { freshCatalog, type FreshCatalog } from '../helpers/catalog'
import { makeRandom } from '../helpers/random'

let catalog: FreshCatalog
const sourceIds: string[] = []
const destinationIds: string[] = []
beforeAll(async () => {
  catalog = await freshCatalog()
  const { db } = catalog
  for (const name of ['a', 'b', 'c']) {
    sourceIds.push((await db.source.create({ data: { name, engine: 'postgres', connection: {}, options: {} } })).id)
    destinationIds.push((await db.destination.create({ data: { name, kind: 'local', config: { path: '/x' } } })).id)
  }
})
afterAll(() => catalog.drop())

/** The sums without the rows that have come down to nothing. */
async function sums() {
  const { db } = catalog
  return {
    sources: await db.$queryRaw`
      SELECT source_id, backups, stored_bytes::text FROM source_total WHERE backups <> 0 OR stored_bytes <> 0 ORDER BY 1`,
    days: await db.$queryRaw`
      SELECT source_id, day::text, succeeded, partial, failed, interrupted, missed, source_bytes::text, stored_bytes::text
      FROM backup_day WHERE succeeded + partial + failed + interrupted + missed <> 0 OR source_bytes <> 0 OR stored_bytes <> 0
      ORDER BY 1, 2`,
    copies: await db.$queryRaw`
      SELECT destination_id, source_id, storage_class, copies, stored_bytes::text FROM copy_total
      WHERE copies <> 0 OR stored_bytes <> 0 ORDER BY 1, 2, 3`,
  }
}

const rebuild = () => catalog.db.$executeRaw`SELECT rebuild_totals()`

describe('the sums that triggers keep', () => {
  it('equal what adding up the history gives, whatever was inserted, changed and deleted', async () => {
    const { db } = catalog
    const random = makeRandom(41)
    const { below, pick } = random
    const at = () => new Date(Date.UTC(2026, 9, 1 + below(20), below(24), below(60)))
    const someClass = () => pick([null, 'STANDARD', 'GLACIER'])
    const copyStates = ['pending', 'uploading', 'stored', 'failed', 'missing', 'damaged', 'deleted']
    const ids: string[] = []
    for (let step = 0; step < 400; step += 1) {
      const id = ids.length > 0 ? pick(ids) : null
      const what = below(10)
      if (what < 3 || id === null) {
        const newId = randomUUID()
        await db.backup.create({
          data: {
            id: newId,
            sourceId: pick(sourceIds),
            jobId: randomUUID(),
            kind: 'logical',
            status: pick(jobStates),
            startedAt: at(),
            sourceBytes: below(1_000_000),
            storedBytes: below(100_000),
            repositoryPath: '',
            sample: below(8) === 0,
            copies: {
              create: destinationIds
                .filter(() => below(3) > 0)
                .map((destinationId) => ({
                  destinationId,
                  state: pick(copyStates),
                  storedBytes: below(100_000),
                  storageClass: someClass(),
                })),
            },
          },
        })
        ids.push(newId)
      } else if (what < 5)
        await db.backup.update({ where: { id }, data: { status: pick(jobStates), storedBytes: below(100_000) } })
      else if (what < 6) await db.backup.update({ where: { id }, data: { deletedAt: pick([null, at()]) } })
      else if (what < 7) await db.backup.update({ where: { id }, data: { startedAt: at(), note: 'moved' } })
      else if (what < 9) {
        await db.backupCopy.updateMany({
          where: { backupId: id },
          data: { state: pick(copyStates), storedBytes: below(100_000), storageClass: someClass() },
        })
      } else {
        await db.backup.delete({ where: { id } })
        ids.splice(ids.indexOf(id), 1)
      }
    }
    const kept = await sums()
    expect(kept.days).not.toHaveLength(0)
    expect(kept.copies).not.toHaveLength(0)
    await rebuild()
    expect(kept).toEqual(await sums())
  })

  it('do not change by what they do not count, and are not written for it', async () => {
    const { db } = catalog
    const before =
      await db.$queryRaw`SELECT xmin::text, ctid::text FROM source_total UNION ALL SELECT xmin::text, ctid::text FROM backup_day`
    await db.backup.updateMany({ data: { note: 'seen', verified: 'proven', pinned: true } })
    await db.backupCopy.updateMany({ data: { verifiedAt: new Date(), attempts: 3 } })
    expect(
      await db.$queryRaw`SELECT xmin::text, ctid::text FROM source_total UNION ALL SELECT xmin::text, ctid::text FROM backup_day`,
    ).toEqual(before)
  })

  it('stay right when many change backups of one source at once', async () => {
    const { db } = catalog
    const sourceId = sourceIds[0] ?? ''
    await Promise.all(
      Array.from({ length: 40 }, (_, index) =>
        db.$transaction(async (tx) => {
          const data = { sourceId, jobId: randomUUID(), kind: 'logical', status: 'running', repositoryPath: '' }
          const row = await tx.backup.create({
            data: { ...data, startedAt: new Date(Date.UTC(2026, 10, 1 + (index % 5))) },
          })
          await tx.backupCopy.create({
            data: { backupId: row.id, destinationId: destinationIds[index % 3] ?? '', state: 'uploading' },
          })
          await tx.backup.update({ where: { id: row.id }, data: { status: 'succeeded', storedBytes: 10 } })
          await tx.backupCopy.updateMany({ where: { backupId: row.id }, data: { state: 'stored', storedBytes: 10 } })
        }),
      ),
    )
    const kept = await sums()
    await rebuild()
    expect(kept).toEqual(await sums())
  })
})
