import { expect, test } from 'vitest'
import { createDb } from '@/lib/db/client'
import { recordAudit } from '@/lib/services/audit/record-audit'
import { verifyAuditLog } from '@/lib/services/audit/verify-audit-log'
import { olderCatalog } from '../helpers/catalog/older-catalog'
import { testContext } from '../helpers/catalog/service-context'

test('an instance with events from before the chain goes on with the next number and keeps count of them', async () => {
  await using database = await olderCatalog('20261203170000')
  const db = createDb(database.url)
  try {
    await db.$executeRaw`
      INSERT INTO audit_event (actor, action, subject_type, detail)
      SELECT '{"type":"cli","user":"x","role":"admin"}', 'old.event', 'x', '{}' FROM generate_series(1, 7)`
    await database.upgrade()
    const actor = { type: 'cli', user: 'x', role: 'admin' } as const
    await recordAudit(db, actor, { action: 'new.event', subjectType: 'x' })
    const newest = await db.auditEvent.findFirstOrThrow({ orderBy: { id: 'desc' } })
    expect(newest).toMatchObject({ id: 8n, action: 'new.event' })
    const ctx = testContext(db)
    expect(await verifyAuditLog({ ctx })).toMatchObject({ ok: true, verified: 1, beforeChain: 7, fault: null })
    // The database lets nobody take one away either; only a role that may switch its triggers off.
    await expect(db.$executeRaw`DELETE FROM audit_event WHERE id = 3`).rejects.toThrow(/append-only/)
  } finally {
    await db.$disconnect()
  }
})
