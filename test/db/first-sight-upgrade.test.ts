import { expect, test } from 'vitest'
import { createDb } from '@/lib/db/client'
import { olderCatalog } from '../helpers/catalog/older-catalog'

test('unknown objects keep when they were seen first, also where the store told 1970; what is gone goes', async () => {
  await using database = await olderCatalog('20261207000000')
  const db = createDb(database.url)
  const [here, removed] = ['00000000-0000-7000-8000-000000000001', '00000000-0000-7000-8000-000000000002']
  const finding = (destination: string, key: string, lastModified: string, gone = false) => db.$executeRaw`
    INSERT INTO storage_finding (id, destination_id, key, size_bytes, last_modified, first_seen_at, last_seen_at, gone_at)
    VALUES (gen_random_uuid(), ${destination}::uuid, ${key}, 1, ${new Date(lastModified)}, '2026-11-01Z', '2026-11-20Z',
            ${gone ? new Date() : null})`
  try {
    for (const [id, deletedAt] of [
      [here, null],
      [removed, new Date()],
    ] as const) {
      await db.$executeRaw`
        INSERT INTO destination (id, name, kind, config, updated_at, deleted_at)
        VALUES (${id}::uuid, ${id}, 's3', '{}', now(), ${deletedAt})`
    }
    await finding(here, 'old', '2026-10-01T00:00:00Z')
    await finding(here, 'came again', '2026-11-10T00:00:00Z')
    await finding(here, 'no date', '1970-01-01T00:00:00Z')
    await finding(here, 'of the future', '2999-01-01T00:00:00Z')
    await finding(here, 'gone', '2026-10-01T00:00:00Z', true)
    await finding(removed, 'old', '2026-10-01T00:00:00Z')
    const before = Date.now()
    await database.upgrade()
    const rows = await db.storageFinding.findMany({ orderBy: { key: 'asc' } })
    expect(rows.map((row) => [row.key, row.lastModified?.toISOString() ?? null, row.reportedAt])).toEqual(
      [
        ['came again', '2026-11-10T00:00:00.000Z'],
        ['no date', null],
        ['of the future', '2999-01-01T00:00:00.000Z'],
        ['old', '2026-10-01T00:00:00.000Z'],
      ].map(([key, says], index) => [key, says, rows[index]?.firstSeenAt]),
    )
    const seen = Object.fromEntries(rows.map((row) => [row.key, row.firstSeenAt.getTime()]))
    const first = Date.parse('2026-11-01T00:00:00Z')
    expect(seen).toMatchObject({ old: first, 'no date': first, 'came again': Date.parse('2026-11-10T00:00:00Z') })
    expect(Math.abs((seen['of the future'] ?? 0) - before)).toBeLessThan(60_000)
  } finally {
    await db.$disconnect()
  }
})
