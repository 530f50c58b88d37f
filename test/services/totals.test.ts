import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { jobStates } from '@/lib/contracts/common'
import { Prisma } from '@/lib/db/generated/client'
import { freshCatalog, type FreshCatalog } from '../helpers/catalog/catalog'
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

/** The sums without the rows that have come down to nothing, and the states as they are read. */
async function sums() {
  const { db } = catalog
  return {
    states: await db.$queryRaw`SELECT to_jsonb(k) AS state FROM source_now k ORDER BY source_id`,
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

/** Sources whose state is out of date: their marks outlived the transactions that left them. */
const marks = () => catalog.db.sourceChange.count()
/** Sources whose state is read as something else than what the history says now. */
const stale = () => catalog.db.$queryRaw`
  SELECT k.*, n.* FROM source_now k CROSS JOIN LATERAL source_state_of(k.source_id) n WHERE k IS DISTINCT FROM n`
const inStates = async (key: 'goodId' | 'provenId' | 'newestProvenId') =>
  (await catalog.db.sourceState.findMany()).flatMap((state) => state[key] ?? [])
const rebuild = () => catalog.db.$executeRaw`SELECT rebuild_totals()`

describe('the sums and states that triggers keep', () => {
  it('equal what adding up the history gives, whatever was inserted, changed and deleted', async () => {
    const { db } = catalog
    const random = makeRandom(41)
    const { below, pick } = random
    const at = () => new Date(Date.UTC(2026, 9, 1 + below(20), below(24), below(60)))
    const someClass = () => pick([null, 'STANDARD', 'GLACIER'])
    const copyStates = ['pending', 'uploading', 'stored', 'failed', 'missing', 'damaged', 'deleted']
    const ids: string[] = []
    const someRun = () => ({
      status: pick([...jobStates, 'succeeded', 'succeeded', 'succeeded', 'partial']),
      finishedAt: pick([null, at()]),
      verified: pick(['unproven', 'proven', 'proven', 'broken']),
      provenAt: pick([null, at(), at()]),
      error: pick([{ code: 'x', message: `It broke ${below(9)} times.` }, Prisma.DbNull]),
    })
    const someTest = () => ({
      level: pick(['quick', 'standard', 'comprehensive']),
      verdict: pick([null, 'passed', 'passed', 'failed']),
      evidence: pick([{ restoreDurationMs: below(100_000) }, {}]),
      startedAt: at(),
    })
    for (let step = 0; step < 600; step += 1) {
      const id = ids.length > 0 ? pick(ids) : null
      // Few enough that most changes are of a backup that its source's state turns on.
      const what = ids.length > 12 && below(2) === 0 ? 13 : below(13)
      if (what < 3 || id === null) {
        const newId = randomUUID()
        await db.backup.create({
          data: {
            id: newId,
            sourceId: pick(sourceIds),
            jobId: randomUUID(),
            kind: 'logical',
            ...someRun(),
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
        await db.backup.update({ where: { id }, data: { ...someRun(), storedBytes: below(100_000) } })
      else if (what < 6) await db.backup.update({ where: { id }, data: { deletedAt: pick([null, at()]) } })
      else if (what < 7) await db.backup.update({ where: { id }, data: { startedAt: at(), note: 'moved' } })
      else if (what < 9) {
        await db.backupCopy.updateMany({
          where: { backupId: id },
          data: { state: pick(copyStates), storedBytes: below(100_000), storageClass: someClass() },
        })
      } else if (what < 12) {
        // Of the backup that was proven last, in most cases: tests of others change nothing.
        const backupId = pick([id, ...(await inStates('provenId'))])
        if (what < 10) {
          await db.restoreTest.create({ data: { backupId, jobId: randomUUID(), checks: [], ...someTest() } })
        } else if (what < 11) await db.restoreTest.updateMany({ where: { backupId }, data: someTest() })
        else await db.restoreTest.deleteMany({ where: { backupId } })
      } else if (what < 13) {
        const backupId = pick([id, ...(await inStates('goodId')), ...(await inStates('newestProvenId'))])
        const { count } = await db.backupCopy.deleteMany({ where: { backupId } })
        const copy = { backupId, destinationId: pick(destinationIds), state: 'stored' }
        if (count === 0) await db.backupCopy.create({ data: copy })
      } else {
        await db.backup.delete({ where: { id } })
        ids.splice(ids.indexOf(id), 1)
      }
      // Another change of the source would put right what this one missed.
      expect(await stale()).toEqual([])
    }
    const kept = await sums()
    expect(kept.days).not.toHaveLength(0)
    expect(kept.copies).not.toHaveLength(0)
    expect(kept.states).toHaveLength(3)
    expect(await marks()).toBe(0)
    await rebuild()
    expect(kept).toEqual(await sums())
  })

  it('do not change by what they do not count, and are not written for it', async () => {
    const { db } = catalog
    const written = () => db.$queryRaw`
      SELECT xmin::text, ctid::text FROM source_total UNION ALL SELECT xmin::text, ctid::text FROM backup_day
      UNION ALL SELECT xmin::text, ctid::text FROM source_state`
    const backup = await db.backup.create({
      data: {
        ...{
          sourceId: sourceIds[0] ?? '',
          jobId: randomUUID(),
          kind: 'logical',
          status: 'running',
          repositoryPath: '',
        },
        startedAt: new Date(),
      },
    })
    const before = await written()
    await db.backup.updateMany({ data: { note: 'seen', pinned: true, deleteAfter: new Date(), log: 'line' } })
    await db.backupCopy.updateMany({ data: { verifiedAt: new Date(), attempts: 3 } })
    const destinationId = destinationIds[0] ?? ''
    await db.backupCopy.create({ data: { backupId: backup.id, destinationId, state: 'uploading' } })
    await db.restoreTest.updateMany({ data: { durationMs: 5 } })
    const test = { backupId: backup.id, jobId: randomUUID(), level: 'standard', checks: [], startedAt: new Date() }
    await db.restoreTest.create({ data: test })
    expect(await written()).toEqual(before)
    expect(await marks()).toBe(0)
  })

  // The transactions wait for one another's rows; the wait is not what is tested.
  const patient = { maxWait: 60_000, timeout: 60_000 }

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
        }, patient),
      ),
    )
    const kept = await sums()
    await rebuild()
    expect(kept).toEqual(await sums())
  })
})
