import { cp, readdir } from 'node:fs/promises'
import path from 'node:path'
import { expect, test } from 'vitest'
import { createDb } from '@/lib/db/client'
import { migrate } from '@/lib/db/migrate'
import { recordAudit } from '@/lib/services/audit/record-audit'
import { verifyAuditLog } from '@/lib/services/audit/verify-audit-log'
import { emptyDatabase } from '../helpers/empty-database'
import { testContext } from '../helpers/service-context'
import { tempDir } from '../helpers/temp'

const all = path.resolve(import.meta.dirname, '../../prisma/migrations')

test('an instance with events from before the chain goes on with the next number and keeps count of them', async () => {
  await using database = await emptyDatabase()
  const old = await tempDir('old-migrations')
  for (const name of await readdir(all)) {
    if (name < '20261203170000') await cp(path.join(all, name), path.join(old.path, name), { recursive: true })
  }
  await migrate(database.url, old.path)
  const db = createDb(database.url)
  try {
    await db.$executeRaw`
      INSERT INTO audit_event (actor, action, subject_type, detail)
      SELECT '{"type":"cli","user":"x","role":"admin"}', 'old.event', 'x', '{}' FROM generate_series(1, 7)`
    await migrate(database.url, all)
    const actor = { type: 'cli', user: 'x', role: 'admin' } as const
    await recordAudit(db, actor, { action: 'new.event', subjectType: 'x' })
    const newest = await db.auditEvent.findFirstOrThrow({ orderBy: { id: 'desc' } })
    expect(newest).toMatchObject({ id: 8n, action: 'new.event' })
    const ctx = testContext(db)
    expect(await verifyAuditLog({ ctx })).toMatchObject({ ok: true, verified: 1, beforeChain: 7, fault: null })
    // The database lets nobody take one away either; only whoever may switch its triggers off.
    await expect(db.$executeRaw`DELETE FROM audit_event WHERE id = 3`).rejects.toThrow(/append-only/)
  } finally {
    await db.$disconnect()
    await old.remove()
  }
})
