import { expect, test } from 'vitest'
import { createDb } from '@/lib/db/client'
import { olderCatalog } from '../helpers/catalog/older-catalog'

test.each([
  { queues: ['backup', 'inventory', '__pgboss__send-it'], kept: false },
  { queues: ['backup', 'send-newsletter'], kept: true },
])(
  'a catalog with the queues $queues: the schema stays = $kept, and no two jobs hold one key',
  async ({ queues, kept }) => {
    await using database = await olderCatalog('20261208000000')
    const db = createDb(database.url)
    const insert = (id: number, state: string, key: string | null) => db.$executeRaw`
    INSERT INTO job (id, kind, state, input, actor, exclusive_key, created_at)
    VALUES (${`00000000-0000-7000-8000-00000000000${id}`}::uuid, 'inventory', ${state}, '{}', '{}', ${key},
            ${new Date(Date.UTC(2026, 10, id))})`
    try {
      await db.$executeRaw`CREATE SCHEMA pgboss`
      await db.$executeRaw`CREATE TABLE pgboss.queue (name text)`
      await db.$executeRaw`INSERT INTO pgboss.queue SELECT unnest(${queues}::text[])`
      await insert(1, 'succeeded', 'vault')
      await insert(2, 'queued', 'vault')
      await insert(3, 'running', 'vault')
      await insert(4, 'queued', 'shelf')
      await insert(5, 'queued', null)
      await database.upgrade()
      const rows = await db.job.findMany({ orderBy: { id: 'asc' }, select: { state: true, exclusiveKey: true } })
      expect(rows.map((row) => `${row.state} ${row.exclusiveKey}`)).toEqual([
        'succeeded vault',
        'queued null',
        'running vault',
        'queued shelf',
        'queued null',
      ])
      const [schema] = await db.$queryRaw<{ there: boolean }[]>`SELECT to_regclass('pgboss.queue') IS NOT NULL AS there`
      expect(schema).toEqual({ there: kept })
    } finally {
      await db.$disconnect()
    }
  },
)
