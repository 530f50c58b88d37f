import { randomUUID } from 'node:crypto'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { freshCatalog, type FreshCatalog } from '../helpers/catalog/catalog'

let catalog: FreshCatalog
const sourceIds: string[] = []
beforeAll(async () => {
  catalog = await freshCatalog()
  for (const name of ['a', 'b']) sourceIds.push(await addSource(name))
})
afterAll(() => catalog.drop())

// That triggers miss no change is in totals.test.ts.
describe('the states of sources that triggers keep', () => {
  it('do not wait for each other, and are read right while another transaction is at the same source', async () => {
    const [first, second] = [sourceIds[0] ?? '', sourceIds[1] ?? '']
    const one = await connected()
    const two = await connected()
    // A transaction's marks are settled when it commits. Done before, it holds what a commit holds.
    const settleNow = 'SET CONSTRAINTS source_change_settle IMMEDIATE'
    await one.query('BEGIN')
    const early = await beginRun(one, first, '2026-12-01')
    await one.query(settleNow)
    await two.query('BEGIN')
    await beginRun(two, second, '2026-12-01')
    await two.query(settleNow)
    // Each now changes what the other holds: with waiting, this would be a deadlock.
    const newest = await beginRun(two, first, '2026-12-03')
    await beginRun(one, second, '2026-11-30')
    await two.query('COMMIT')
    expect(await marks()).toBe(1)
    expect(await newestRun(first)).toBe(newest)
    await one.query('COMMIT')
    // What the one wrote last knows nothing of the other's run; its mark says so.
    expect((await catalog.db.sourceState.findUniqueOrThrow({ where: { sourceId: first } })).runId).toBe(early)
    expect(await newestRun(first)).toBe(newest)
    const read = await states()
    await beginRun(one, first, '2026-11-30')
    await beginRun(one, second, '2026-11-29')
    expect(await marks()).toBe(0)
    expect(await states()).toEqual(read)
    await catalog.db.$executeRaw`SELECT rebuild_totals()`
    expect(await states()).toEqual(read)
  })

  it('begin with a source and are made anew for all of them', async () => {
    const { db } = catalog
    const id = await addSource('new')
    expect(await newestRun(id)).toBeNull()
    await db.sourceState.deleteMany()
    await db.$executeRaw`SELECT rebuild_totals()`
    expect(await newestRun(id)).toBeNull()
    expect(await db.sourceState.count()).toBe(3)
  })
})

async function addSource(name: string): Promise<string> {
  const data = { name, engine: 'postgres', connection: {}, options: {} }
  return (await catalog.db.source.create({ data })).id
}

/** Sources whose state is out of date: their marks outlived the transactions that left them. */
const marks = () => catalog.db.sourceChange.count()
const states = () => catalog.db.$queryRaw`SELECT to_jsonb(k) AS state FROM source_now k ORDER BY source_id`

async function connected(): Promise<pg.Client> {
  const client = new pg.Client(catalog.url)
  await client.connect()
  onTestFinished(() => client.end())
  return client
}

async function beginRun(client: pg.Client, sourceId: string, day: string): Promise<string> {
  const id = randomUUID()
  await client.query(
    `INSERT INTO backup_history (id, source_id, job_id, kind, status, started_at, repository_path)
      VALUES ($1, $2, $1, 'logical', 'running', $3, '')`,
    [id, sourceId, `${day}T12:00:00Z`],
  )
  return id
}

/** The newest run as the overview reads it. */
async function newestRun(sourceId: string): Promise<string | null> {
  const rows = await catalog.db.$queryRaw<{ run_id: string | null }[]>`
    SELECT run_id FROM source_now WHERE source_id = ${sourceId}::uuid`
  expect(rows).toHaveLength(1)
  return rows[0]?.run_id ?? null
}
