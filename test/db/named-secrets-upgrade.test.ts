import { expect, test } from 'vitest'
import { createDb } from '@/lib/db/client'
import { destinationSpec } from '@/lib/services/destination/destination-spec'
import { sourceSpec } from '@/lib/services/source/source-spec'
import { olderCatalog } from '../helpers/catalog/older-catalog'
import { testContext } from '../helpers/catalog/service-context'

test('secrets that an older version sealed are opened under their names, and what had none has none', async () => {
  await using database = await olderCatalog('20261209000000')
  const db = createDb(database.url)
  const ctx = testContext(db)
  const ids = ['1', '2'].map((n) => `00000000-0000-7000-8000-00000000000${n}`)
  const connection = { host: 'db', port: 5432, database: 'shop', user: 'backup' }
  try {
    for (const [index, id] of ids.entries()) {
      const sealed = async (text: string, context: string) => (index === 0 ? ctx.vault.seal(text, context) : null)
      await db.$executeRaw`
        INSERT INTO source (id, name, engine, connection, options, updated_at, secret_sealed)
        VALUES (${id}::uuid, ${id}, 'postgres', ${connection}, '{}', now(), ${await sealed('a password', `source:${id}`)})`
      await db.$executeRaw`
        INSERT INTO destination (id, name, kind, config, updated_at, secret_sealed)
        VALUES (${id}::uuid, ${id}, 's3', '{"bucket":"backups"}', now(), ${await sealed('a key', `destination:${id}`)})`
    }
    await database.upgrade()
    const sources = await db.source.findMany({ orderBy: { id: 'asc' } })
    expect(await Promise.all(sources.map(async (row) => (await sourceSpec(ctx, row)).secrets))).toEqual([
      { password: 'a password' },
      {},
    ])
    const destinations = await db.destination.findMany({ orderBy: { id: 'asc' } })
    expect(await Promise.all(destinations.map(async (row) => (await destinationSpec(ctx, row)).secrets))).toEqual([
      { secretAccessKey: 'a key' },
      {},
    ])
  } finally {
    await db.$disconnect()
  }
})
