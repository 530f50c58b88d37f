import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { BackupFilter } from '@/lib/contracts/backup'
import type { ServiceContext } from '@/lib/services/context'
import { listBackups } from '@/lib/services/backup/list-backups'
import { freshCatalog, type FreshCatalog } from '../helpers/catalog/catalog'
import { testContext } from '../helpers/catalog/service-context'

let catalog: FreshCatalog
let ctx: ServiceContext
let sourceId: string
const seconds = 20

beforeAll(async () => {
  catalog = await freshCatalog()
  ctx = testContext(catalog.db)
  const made = { engine: 'postgres', connection: {}, options: {} }
  sourceId = (await catalog.db.source.create({ data: { name: 'shop', ...made } })).id
  const other = await catalog.db.source.create({ data: { name: 'other', ...made } })
  await catalog.db.backup.createMany({
    // Several begin in the same instant: the cursor must not lose or repeat any of them.
    data: Array.from({ length: 120 }, (_, index) => ({
      sourceId: index % 3 === 0 ? other.id : sourceId,
      jobId: randomUUID(),
      kind: 'logical',
      status: index % 4 === 0 ? 'failed' : 'succeeded',
      startedAt: new Date(Date.UTC(2026, 10, 1, 0, 0, index % seconds)),
      repositoryPath: '',
      deletedAt: index % 10 === 9 ? new Date() : null,
    })),
  })
})
afterAll(() => catalog.drop())

async function allPages(input: Partial<BackupFilter>, limit: number) {
  const items = []
  let cursor: string | undefined
  do {
    const page = await listBackups({ ctx, input: { sort: '-startedAt', ...input, limit, cursor } })
    expect(page.items.length).toBeLessThanOrEqual(limit)
    items.push(...page.items)
    cursor = page.nextCursor ?? undefined
  } while (cursor)
  return items
}

describe('the history in pages', () => {
  it.each([1, 7, 50, 200])('shows every row that is not deleted once, newest first, %s at a time', async (limit) => {
    const items = await allPages({}, limit)
    expect(items).toHaveLength(108)
    expect(new Set(items.map(({ id }) => id)).size).toBe(108)
    const keys = items.map(({ startedAt, id }) => startedAt + id)
    expect(keys).toEqual([...keys].sort().reverse())
  })

  it('goes the other way round just as well', async () => {
    const keys = (await allPages({ sort: 'startedAt' }, 11)).map(({ startedAt, id }) => startedAt + id)
    expect(keys).toHaveLength(108)
    expect(keys).toEqual([...keys].sort())
  })

  it('keeps its filters on every page', async () => {
    const from = '2026-11-01T00:00:05.000Z'
    const items = await allPages({ sourceId, status: 'succeeded', from }, 5)
    expect(items.length).toBeGreaterThan(20)
    expect(items.every((item) => item.sourceId === sourceId && item.status === 'succeeded')).toBe(true)
    expect(items.every((item) => item.startedAt >= from)).toBe(true)
  })

  it('goes on where it was when the row of the cursor has been deleted meanwhile', async () => {
    const first = await listBackups({ ctx, input: { sort: '-startedAt', limit: 10 } })
    const cursor = first.nextCursor ?? ''
    await catalog.db.backup.update({ where: { id: cursor }, data: { deletedAt: new Date() } })
    const second = await listBackups({ ctx, input: { sort: '-startedAt', limit: 10, cursor } })
    await catalog.db.backup.update({ where: { id: cursor }, data: { deletedAt: null } })
    expect(second.items).toHaveLength(10)
    const [last, next] = [first.items.at(-1), second.items[0]]
    expect((next?.startedAt ?? '') + (next?.id ?? '') < (last?.startedAt ?? '') + (last?.id ?? '')).toBe(true)
  })

  it('ends at a cursor that is gone, and refuses one that never was', async () => {
    const gone = await listBackups({ ctx, input: { sort: '-startedAt', limit: 10, cursor: randomUUID() } })
    expect(gone).toEqual({ items: [], nextCursor: null })
    const nonsense = listBackups({ ctx, input: { sort: '-startedAt', limit: 10, cursor: 'x' } })
    await expect(nonsense).rejects.toMatchObject({ code: 'cursor-invalid' })
  })
})
