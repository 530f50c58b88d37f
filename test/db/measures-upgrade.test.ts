import { randomUUID } from 'node:crypto'
import { expect, test } from 'vitest'
import { measuresSchema } from '@/lib/contracts/repository/measure'
import { createDb } from '@/lib/db/client'
import { olderCatalog } from '../helpers/catalog/older-catalog'
import { containers, items } from '../helpers/measures'

test('what an older version counted in columns is carried over as measures', async () => {
  await using database = await olderCatalog('20261211000000')
  const db = createDb(database.url)
  const cases: [rows: bigint | null, tables: number | null, expected: unknown][] = [
    [5_000_000_123n, 40, [items('rows', 5_000_000_123), containers('tables', 40)]],
    [null, 40, [containers('tables', 40)]],
    [7n, null, [items('rows', 7)]],
    [0n, 0, [items('rows', 0), containers('tables', 0)]],
    [null, null, []],
  ]
  const ids = cases.map(() => randomUUID())
  const sourceId = randomUUID()
  try {
    await db.$executeRaw`
      INSERT INTO source (id, name, engine, connection, options, updated_at)
      VALUES (${sourceId}::uuid, 'shop', 'postgres', '{}', '{}', now())`
    for (const [index, [rows, tables]] of cases.entries()) {
      await db.$executeRaw`
        INSERT INTO backup_history (id, source_id, job_id, kind, status, started_at, repository_path, row_estimate, table_count)
        VALUES (${ids[index]}::uuid, ${sourceId}::uuid, ${randomUUID()}::uuid, 'logical', 'succeeded', now(), '', ${rows}, ${tables})`
    }
    await database.upgrade()
    const found = await db.backup.findMany({ where: { sourceId } })
    const measures = new Map(found.map((row) => [row.id, measuresSchema.parse(row.measures)]))
    expect(ids.map((id) => measures.get(id))).toEqual(cases.map(([, , expected]) => expected))
    // A run that is beginning has counted nothing yet.
    const data = { sourceId, jobId: randomUUID(), kind: 'logical', status: 'running', startedAt: new Date() }
    expect(await db.backup.create({ data: { ...data, repositoryPath: '' } })).toMatchObject({ measures: [] })
    const left = await db.$queryRaw`
      SELECT column_name FROM information_schema.columns
      WHERE table_name = 'backup_history' AND column_name IN ('row_estimate', 'table_count')`
    expect(left).toEqual([])
  } finally {
    await db.$disconnect()
  }
})
