import { destinationContract } from '@/lib/contracts/destinations/index'
import type { StoredClass } from '@/lib/core/health/monthly-cost'
import { heldTotals } from '@/lib/services/insight/held-totals'
import type { Tx } from '@/lib/db/client'

interface Row {
  destination_id: string
  storage_class: string
  bytes: number
}

/** What our copies and the log take in each destination, by storage class. Reads sums that the catalog keeps, not the copies. */
export async function storedClasses(
  tx: Tx,
  destinations: { id: string; kind: string; config: unknown }[],
): Promise<Map<string, StoredClass[]>> {
  const rows = await tx.$queryRaw<Row[]>`
    SELECT destination_id, storage_class, sum(stored_bytes)::float8 AS bytes FROM ${heldTotals} t GROUP BY 1, 2`
  const byDestination = Map.groupBy(rows, (row) => row.destination_id)
  return new Map(
    destinations.map((destination) => [
      destination.id,
      (byDestination.get(destination.id) ?? []).map((row) => ({
        // An empty class stands for the one that the destination writes in.
        storageClass: row.storage_class || destinationContract(destination.kind).defaultClass(destination.config),
        bytes: row.bytes,
      })),
    ]),
  )
}
