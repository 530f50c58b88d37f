import { cp, readdir } from 'node:fs/promises'
import path from 'node:path'
import { expect, test } from 'vitest'
import { createDb } from '@/lib/db/client'
import { migrate } from '@/lib/db/migrate'
import { emptyDatabase } from '../helpers/empty-database'
import { tempDir } from '../helpers/temp'

const all = path.resolve(import.meta.dirname, '../../prisma/migrations')

test.each([
  { queues: ['backup', 'inventory', '__pgboss__send-it'], kept: false },
  { queues: ['backup', 'send-newsletter'], kept: true },
])(
  'a catalog with the queues $queues: the schema stays = $kept, and no two jobs hold one key',
  async ({ queues, kept }) => {
    await using database = await emptyDatabase()
    await using old = await tempDir('old-migrations')
    for (const name of await readdir(all)) {
      if (name < '20261208000000') await cp(path.join(all, name), path.join(old.path, name), { recursive: true })
    }
    await migrate(database.url, old.path)
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
      await migrate(database.url, all)
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
