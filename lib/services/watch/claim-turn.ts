import type { Tx } from '@/lib/db/client'

/**
 * True for one caller in each interval: work that every process could do is done by one, and by another when that one is
 * gone. The catalog's clock counts. A turn from the future (its clock was set back) is taken over.
 */
export async function claimTurn(tx: Tx, name: string, everyMs: number): Promise<boolean> {
  const rows = await tx.$queryRaw<{ key: string }[]>`
    INSERT INTO setting (key, value, updated_at) VALUES (${`turn.${name}`}, '{}', now())
    ON CONFLICT (key) DO UPDATE SET updated_at = now()
      WHERE setting.updated_at <= now() - make_interval(secs => ${everyMs / 1_000}::float8)
         OR setting.updated_at > now() + interval '5 seconds'
    RETURNING key`
  return rows.length > 0
}
