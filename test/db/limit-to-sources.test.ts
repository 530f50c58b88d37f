import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Db } from '@/lib/db/client'
import { Prisma } from '@/lib/db/generated/client'
import { limitToSources } from '@/lib/db/limit-to-sources'
import { freshCatalog, type FreshCatalog } from '../helpers/catalog'
import { twoSources } from '../helpers/two-sources'

let catalog: FreshCatalog
let db: Db
let rows: Awaited<ReturnType<typeof twoSources>>
beforeAll(async () => {
  catalog = await freshCatalog()
  rows = await twoSources(catalog.db)
  db = limitToSources(catalog.db, [rows.mine.source])
})
afterAll(() => catalog.drop())

const other = (value: unknown) =>
  JSON.stringify(value, (_, part: unknown) => (typeof part === 'bigint' ? String(part) : part)).includes('other-zzzz')

describe('a catalog limited to one source (security 32)', () => {
  it('lists and counts its rows alone, in every table', async () => {
    const lists: [string, unknown[]][] = [
      ['source', await db.source.findMany()],
      ['schedule', await db.schedule.findMany({ include: { source: true } })],
      ['job', await db.job.findMany()],
      ['backup', await db.backup.findMany({ include: { source: true, copies: true } })],
      ['copy', await db.backupCopy.findMany({ include: { backup: true } })],
      ['test', await db.restoreTest.findMany()],
      ['restore', await db.restore.findMany()],
      ['alert', await db.alert.findMany({ include: { deliveries: true } })],
      ['total', await db.sourceTotal.findMany()],
      ['state', await db.sourceState.findMany()],
    ]
    for (const [name, list] of lists) {
      expect([name, list.length, other(list)]).toEqual([name, 1, false])
    }
    expect(await db.backup.count()).toBe(1)
    expect((await db.backup.aggregate({ _count: true }))._count).toBe(1)
    expect(await db.backup.groupBy({ by: ['sourceId'], _count: { _all: true } })).toHaveLength(1)
  })

  it('does not find those of others by their id, with conditions or without', async () => {
    const { other: o } = rows
    expect(await db.source.findUnique({ where: { id: o.source } })).toBeNull()
    expect(await db.source.findFirst({ where: { OR: [{ id: o.source }, { name: 'x' }] } })).toBeNull()
    expect(await db.source.findFirst({ where: { AND: { id: o.source } } })).toBeNull()
    expect(await db.backup.findUnique({ where: { id: o.backup }, include: { source: true } })).toBeNull()
    expect(await db.restoreTest.findUnique({ where: { id: o.restoreTest } })).toBeNull()
    expect(await db.restore.findUnique({ where: { id: o.restore } })).toBeNull()
    expect(await db.job.findUnique({ where: { id: o.job } })).toBeNull()
    await expect(db.alert.findUniqueOrThrow({ where: { id: o.alert } })).rejects.toThrow()
    expect(await db.source.findUnique({ where: { id: rows.mine.source } })).not.toBeNull()
  })

  it('does not change or delete those of others', async () => {
    await expect(db.backup.update({ where: { id: rows.other.backup }, data: { pinned: true } })).rejects.toThrow()
    expect(await db.backup.updateMany({ data: { note: 'touched' } })).toEqual({ count: 1 })
    expect(await db.job.deleteMany({ where: { id: rows.other.job } })).toEqual({ count: 0 })
    const kept = await catalog.db.backup.findUniqueOrThrow({ where: { id: rows.other.backup } })
    expect(kept).toMatchObject({ pinned: false, note: 'other-zzzz' })
  })

  it('keeps to its source in what hangs on shared things', async () => {
    const destination = await db.destination.findFirstOrThrow({
      include: { copies: { include: { backup: true } }, _count: { select: { copies: true } } },
    })
    expect(destination.copies).toHaveLength(1)
    expect(destination._count.copies).toBe(1)
    const policy = await db.retentionPolicy.findFirstOrThrow({ select: { schedules: { select: { source: true } } } })
    expect(policy.schedules).toHaveLength(1)
    expect(other([destination, policy])).toBe(false)
    const shared = await db.policy.findFirstOrThrow({ include: { schedules: { where: { enabled: true } } } })
    expect(shared.schedules).toHaveLength(1)
  })

  it('is the same inside transactions', async () => {
    const seen = await db.$transaction(async (tx) => [
      await tx.source.count(),
      await tx.backup.findFirst({ where: { id: rows.other.backup } }),
    ])
    expect(seen).toEqual([1, null])
  })

  it('keeps SQL of our own to its source, joined, nested or in a WITH clause', async () => {
    const count = async (sql: Prisma.Sql) => Number((await db.$queryRaw<{ n: bigint }[]>(sql))[0]?.n)
    expect(await count(Prisma.sql`SELECT count(*) AS n FROM backup_history`)).toBe(1)
    expect(
      await count(Prisma.sql`SELECT count(*) AS n FROM source s JOIN backup_history b ON b.source_id = s.id
        JOIN backup_copy c ON c.backup_id = b.id WHERE s.name <> ${'x'}`),
    ).toBe(1)
    expect(await count(Prisma.sql`WITH a AS (SELECT * FROM alert) SELECT count(*) AS n FROM a`)).toBe(1)
    expect(
      await count(Prisma.sql`SELECT count(*) AS n FROM unnest(${[rows.other.source, rows.mine.source]}::uuid[]) AS w (id)
        CROSS JOIN LATERAL (SELECT 1 FROM job WHERE source_id = w.id LIMIT 1) AS j`),
    ).toBe(1)
    expect(await count(Prisma.sql`SELECT count(*) AS n FROM restore_test`)).toBe(1)
    expect(await count(Prisma.sql`SELECT count(*) AS n FROM restore`)).toBe(1)
    expect(await count(Prisma.sql`SELECT count(*) AS n FROM source_state`)).toBe(1)
    expect(await count(Prisma.sql`SELECT count(*) AS n FROM source_now`)).toBe(1)
    expect(await count(Prisma.sql`SELECT count(*) AS n FROM source_change`)).toBe(0)
    expect(await count(Prisma.sql`SELECT 7 AS n`)).toBe(7)
  })

  it('locks rows of its source alone', async () => {
    const lock = (id: string) => db.$queryRaw<unknown[]>`SELECT id FROM source WHERE id = ${id}::uuid FOR UPDATE`
    expect(await lock(rows.mine.source)).toHaveLength(1)
    expect(await lock(rows.other.source)).toHaveLength(0)
    const share = (id: string) =>
      db.$queryRaw<unknown[]>(Prisma.sql`
      SELECT id FROM backup_history WHERE id = ${id}::uuid AND deleted_at IS NULL FOR SHARE`)
    expect(await share(rows.mine.backup)).toHaveLength(1)
    expect(await share(rows.other.backup)).toHaveLength(0)
  })

  it('refuses SQL that cannot be kept to its source', async () => {
    const refused = { code: 'token-limited' }
    const locked = db.$queryRaw`SELECT id FROM source WHERE true OR id = ${rows.other.source}::uuid FOR UPDATE`
    await expect(locked).rejects.toMatchObject(refused)
    const nested = db.$queryRaw`SELECT id FROM source WHERE id IN (SELECT source_id FROM job) FOR UPDATE`
    await expect(nested).rejects.toMatchObject(refused)
    await expect(db.$queryRaw`SELECT * FROM public.job`).rejects.toMatchObject(refused)
    await expect(db.$queryRaw`WITH RECURSIVE a AS (SELECT 1) SELECT * FROM job`).rejects.toMatchObject(refused)
    await expect(db.$queryRawUnsafe('SELECT * FROM source')).rejects.toMatchObject(refused)
  })
})
