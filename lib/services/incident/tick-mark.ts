import type { Tx } from '@/lib/db/client'
import { Prisma } from '@/lib/db/generated/client'

const key = 'last-tick'

/** Records when schedules were last evaluated, so that monitoring can see that they still are. */
export async function markTick(tx: Tx, at: Date): Promise<void> {
  await tx.$executeRaw(Prisma.sql`
    INSERT INTO setting (key, value, updated_at) VALUES (${key}, '{}'::jsonb, ${at})
    ON CONFLICT (key) DO UPDATE SET updated_at = greatest(setting.updated_at, excluded.updated_at)`)
}

/** When schedules were last looked at; null when never. */
export async function lastTick(tx: Tx): Promise<Date | null> {
  const row = await tx.setting.findUnique({ where: { key } })
  return row?.updatedAt ?? null
}
