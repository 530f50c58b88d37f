import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { asOwner } from '@/lib/db/as-owner'
import { createDb, type Db } from '@/lib/db/client'
import { Prisma } from '@/lib/db/generated/client'
import { limitToSources } from '@/lib/db/limit-to-sources'
import { recordAudit } from '@/lib/services/audit/record-audit'
import { freshCatalog, type FreshCatalog } from '../helpers/catalog/catalog'
import { twoSources } from '../helpers/catalog/two-sources'

let catalog: FreshCatalog
let db: Db
let rows: Awaited<ReturnType<typeof twoSources>>
beforeAll(async () => {
  catalog = await freshCatalog()
  rows = await twoSources(catalog.db)
  db = await limitToSources(catalog.db, [rows.mine.source])
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

  it('keeps to its source in SQL that names others, nests, recurses, names the schema or is put together', async () => {
    const { mine, other: o } = rows
    const locked = db.$queryRaw`SELECT id FROM source WHERE true OR id = ${o.source}::uuid FOR UPDATE`
    expect(await locked).toEqual([{ id: mine.source }])
    const nested = db.$queryRaw`SELECT id FROM source WHERE id IN (SELECT source_id FROM job) FOR UPDATE`
    expect(await nested).toEqual([{ id: mine.source }])
    expect(await db.$queryRaw`SELECT id FROM public.job`).toEqual([{ id: mine.job }])
    const recursive = db.$queryRaw`WITH RECURSIVE a AS (SELECT 1) SELECT job.id FROM job, a`
    expect(await recursive).toEqual([{ id: mine.job }])
    expect(await db.$queryRawUnsafe('SELECT id FROM source')).toEqual([{ id: mine.source }])
  })

  it('changes and makes nothing of others in SQL of our own either', async () => {
    const { mine, other: o } = rows
    expect(await db.$executeRaw`UPDATE public.backup_history SET pinned = true WHERE id = ${o.backup}::uuid`).toBe(0)
    expect(await db.$executeRaw`UPDATE schedule SET enabled = false`).toBe(1)
    expect(await db.$executeRawUnsafe('DELETE FROM job WHERE source_id IS NULL OR true')).toBe(1)
    const kept = await catalog.db.job.findMany({ select: { id: true } })
    expect(kept).toEqual([{ id: o.job }])
    const job = { kind: 'backup', state: 'queued', input: {}, actor: {} }
    const refused = /row-level security/
    await expect(db.job.create({ data: { ...job, sourceId: o.source } })).rejects.toThrow(refused)
    await expect(db.job.create({ data: job })).rejects.toThrow(refused)
    await expect(db.job.createMany({ data: [{ ...job, sourceId: o.source }] })).rejects.toThrow(refused)
    const given = db.backup.update({ where: { id: mine.backup }, data: { sourceId: o.source } })
    await expect(given).rejects.toThrow(refused)
    await expect(db.backupCopy.updateMany({ data: { backupId: o.backup } })).rejects.toThrow(refused)
    expect((await db.job.create({ data: { ...job, id: mine.job, sourceId: mine.source } })).id).toBe(mine.job)
  })

  it('may not read or write what is of the whole instance beside what its requests need', async () => {
    const refused = /permission denied/
    await expect(db.user.findMany()).rejects.toThrow(refused)
    await expect(db.session.findMany()).rejects.toThrow(refused)
    await expect(db.setting.deleteMany()).rejects.toThrow(refused)
    await expect(db.$queryRaw`SELECT rolpassword FROM pg_authid`).rejects.toThrow(refused)
    await expect(db.$executeRaw`TRUNCATE source CASCADE`).rejects.toThrow(refused)
    await expect(db.$executeRaw`ALTER TABLE source DISABLE ROW LEVEL SECURITY`).rejects.toThrow(/owner/)
  })

  it('sees nothing when it is limited to no source, or to one that is not there', async () => {
    for (const ids of [[], [rows.destination]]) {
      const none = await limitToSources(catalog.db, ids)
      expect([await none.source.count(), await none.job.count(), await none.restore.count()]).toEqual([0, 0, 0])
    }
  })

  it('leaves connections as they were, whatever failed on them, and needs one at a time', async () => {
    const narrow = createDb(catalog.url, 1)
    try {
      const limited = await limitToSources(narrow, [rows.mine.source])
      const asked = Array.from({ length: 10 }, () => limited.source.count())
      expect(await Promise.all(asked)).toEqual(asked.map(() => 1))
      await expect(limited.$queryRaw`SELECT 1 / 0`).rejects.toThrow(/division/)
      expect(await narrow.source.count()).toBe(2)
      const failing = limited.$transaction(async (tx) => {
        expect(await tx.source.count()).toBe(1)
        await tx.$executeRaw`SELECT 1 / 0`
      })
      await expect(failing).rejects.toThrow(/division/)
      expect(await narrow.source.count()).toBe(2)
      await limited.$transaction([limited.source.count(), limited.job.count()])
      const [session] = await narrow.$queryRaw<object[]>`
        SELECT current_setting('role') AS role, current_setting('holdfast.source_ids', true) AS ids`
      expect(session).toEqual({ role: 'none', ids: '' })
    } finally {
      await narrow.$disconnect()
    }
  })

  it('steps out of the limit for what the instance does, and back into it', async () => {
    const seen = await db.$transaction(async (tx) => {
      const within = await asOwner(tx, async () => [await tx.source.count(), await asOwner(tx, () => tx.user.count())])
      return [await tx.source.count(), ...within, await tx.source.count()]
    })
    expect(seen).toEqual([1, 2, 0, 1])
    expect(await catalog.db.$transaction((tx) => asOwner(tx, () => tx.source.count()))).toBe(2)
  })

  it('keeps sums, states and the audit log right when it writes', async () => {
    const { mine, other: o } = rows
    const before = await catalog.db.$queryRaw`SELECT * FROM source_now WHERE source_id = ${o.source}::uuid`
    await db.$transaction(async (tx) => {
      await recordAudit(
        tx,
        { type: 'cli', user: 'x', role: 'admin' },
        { action: 'test.limited', subjectType: 'source' },
      )
      await tx.backupCopy.updateMany({ data: { storedBytes: 7n } })
      await tx.restoreTest.deleteMany()
      await tx.backup.update({ where: { id: mine.backup }, data: { verified: 'broken', storedBytes: 70n } })
    })
    const sums = () => catalog.db.$queryRaw`SELECT to_jsonb(t) AS total FROM source_total t
      UNION ALL SELECT to_jsonb(c) FROM copy_total c UNION ALL SELECT to_jsonb(d) FROM backup_day d
      UNION ALL SELECT to_jsonb(n) FROM source_now n ORDER BY 1`
    const kept = await sums()
    expect(await db.sourceTotal.findMany()).toMatchObject([{ storedBytes: 70n }])
    expect(await db.copyTotal.findMany()).toMatchObject([{ storedBytes: 7n }])
    await catalog.db.$executeRaw`SELECT rebuild_totals()`
    expect(await sums()).toEqual(kept)
    expect(await catalog.db.$queryRaw`SELECT * FROM source_now WHERE source_id = ${o.source}::uuid`).toEqual(before)
    expect(await catalog.db.auditEvent.count({ where: { action: 'test.limited', hash: { not: null } } })).toBe(1)
    await db.$executeRaw`SELECT rebuild_totals()`
    expect(await sums()).toEqual(kept)
    await db.backup.delete({ where: { id: mine.backup } })
    expect(await db.sourceTotal.findMany()).toMatchObject([{ backups: 0, storedBytes: 0n }])
  })
})
