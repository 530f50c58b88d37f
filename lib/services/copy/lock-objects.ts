import type { Tx } from '@/lib/db/client'

/** Apart from the keys of other advisory locks in the catalog's database. */
const family = 728_011

/**
 * Until the transaction ends nobody else removes or begins to write the objects of this copy. Its row is not locked, since
 * a store that does not answer may hold this for minutes while people ask for the row. Waits for its turn.
 */
export async function lockObjects(tx: Tx, copyId: string): Promise<void> {
  await tx.$queryRaw`SELECT pg_advisory_xact_lock(hashtextextended(${copyId}, ${family}))::text`
}

/** The same without waiting: false when another process holds the lock. */
export async function tryLockObjects(tx: Tx, copyId: string): Promise<boolean> {
  const [row] = await tx.$queryRaw<{ locked: boolean }[]>`
    SELECT pg_try_advisory_xact_lock(hashtextextended(${copyId}, ${family})) AS locked`
  return row?.locked ?? false
}
