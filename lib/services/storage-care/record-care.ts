import type { StorageCare } from '@/lib/contracts/destination'
import type { Tx } from '@/lib/db/client'

/**
 * Keeps what a regular look at a destination found, beside what the other looks found. The row counts as unchanged: its
 * settings are what they were.
 */
export async function recordCare(tx: Tx, destinationId: string, care: StorageCare): Promise<void> {
  const found = JSON.stringify(care)
  await tx.$executeRaw`UPDATE destination SET care = care || ${found}::jsonb WHERE id = ${destinationId}::uuid`
}
