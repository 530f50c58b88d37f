import { expect, test } from 'vitest'
import type { Actor } from '@/lib/contracts/common'
import { createDb } from '@/lib/db/client'
import { recordAudit } from '@/lib/services/audit/record-audit'
import { olderCatalog } from '../helpers/catalog/older-catalog'

const ann = '00000000-0000-7000-8000-00000000000a'
const byAToken = (id: string, name: string): Actor => ({ type: 'token', id, name, role: 'admin' })
const ben = '00000000-0000-7000-8000-00000000000b'

test('tokens that exist go back to whom they were certainly made by, and to nobody otherwise (security 22)', async () => {
  await using database = await olderCatalog('20261205030000')
  const db = createDb(database.url)
  try {
    for (const [id, email] of [
      [ann, 'ann@example.com'],
      [ben, 'ben@example.com'],
    ]) {
      await db.$executeRaw`INSERT INTO app_user (id, email, name, role) VALUES (${id}::uuid, ${email}, 'Sam', 'admin')`
    }
    const token = async (number: number, name: string, createdBy: string, maker?: Actor) => {
      const id = `00000000-0000-7000-8000-00000000010${number}`
      await db.$executeRaw`
        INSERT INTO api_token (id, name, role, token_hash, hint, created_by)
        VALUES (${id}::uuid, ${name}, 'admin', ${id}, 'x', ${createdBy})`
      if (maker) await recordAudit(db, maker, { action: 'token.create', subjectType: 'token', subjectId: id })
      return id
    }
    const first = await token(1, 'first', 'ann@example.com', {
      type: 'user',
      id: ann,
      email: 'ann@example.com',
      role: 'admin',
    })
    const byToken = await token(2, 'second', 'first', byAToken(first, 'first'))
    const byThat = await token(3, 'ben@example.com', 'second', byAToken(byToken, 'second'))
    const byCli = await token(4, 'cli', 'root', { type: 'cli', user: 'root', role: 'admin' })
    const known = await token(5, 'HOLDFAST_API_TOKEN', 'root')
    const byAddress = await token(6, 'no event', 'ann@example.com')
    // A token bears this name: it may have made it.
    const ambiguous = await token(7, 'no event', 'ben@example.com')
    await database.upgrade()
    const rows = await db.$queryRaw<{ id: string; person: string | null }[]>`
      SELECT id, created_by_user_id AS person FROM api_token`
    expect(Object.fromEntries(rows.map((row) => [row.id, row.person]))).toEqual({
      [first]: ann,
      [byToken]: ann,
      [byThat]: ann,
      [byCli]: null,
      [known]: null,
      [byAddress]: ann,
      [ambiguous]: null,
    })
  } finally {
    await db.$disconnect()
  }
})
