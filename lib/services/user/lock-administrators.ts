import type { Tx } from '@/lib/db/client'

/** Any constant that nothing else locks: who holds it decides alone about administrators until the transaction ends. */
const lockKey = 728_100

/** Makes "is there another administrator" and the change that follows from it one step. */
export async function lockAdministrators(tx: Tx): Promise<void> {
  await tx.$executeRaw`SELECT pg_advisory_xact_lock(${lockKey}::bigint)`
}
