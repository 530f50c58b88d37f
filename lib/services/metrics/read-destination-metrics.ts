import { copyStateSchema, type CopyState } from '@/lib/contracts/backup'
import { probeReportSchema } from '@/lib/contracts/destination'
import { destinationOptionsSchema } from '@/lib/contracts/operations'
import { parseOrNull } from '@/lib/db/catalog/parse-or-null'
import { heldTotals } from '@/lib/services/insight/held-totals'
import type { Tx } from '@/lib/db/client'
import type { DestinationMetrics } from './metric-facts'

interface Total {
  destination_id: string
  copies: number
  bytes: number
}

/**
 * All live destinations by name. What lies there comes from sums that the catalog keeps; of the copies themselves only
 * those are counted that are not well, which are few.
 */
export async function readDestinationMetrics(tx: Tx): Promise<DestinationMetrics[]> {
  const rows = await tx.destination.findMany({ where: { deletedAt: null }, orderBy: { name: 'asc' } })
  const [totals, troubled] = await Promise.all([
    tx.$queryRaw<Total[]>`
      SELECT destination_id, sum(copies)::int AS copies, sum(stored_bytes)::float8 AS bytes
      FROM ${heldTotals} t GROUP BY destination_id`,
    tx.backupCopy.groupBy({
      by: ['destinationId', 'state'],
      // With the destinations named, the index of both finds them among a million that are well.
      where: {
        destinationId: { in: rows.map((row) => row.id) },
        state: { in: ['pending', 'uploading', 'failed', 'missing', 'damaged'] },
        deletedAt: null,
      },
      _count: { _all: true },
    }),
  ])
  const totalOf = new Map(totals.map((total) => [total.destination_id, total]))
  const troubleOf = Map.groupBy(troubled, (group) => group.destinationId)
  return rows.map((row) => {
    const total = totalOf.get(row.id)
    const copies: Partial<Record<CopyState, number>> = {}
    for (const group of troubleOf.get(row.id) ?? []) copies[copyStateSchema.parse(group.state)] = group._count._all
    // The sums are of whole and damaged ones together.
    copies.stored = Math.max(0, (total?.copies ?? 0) - (copies.damaged ?? 0))
    const probe = parseOrNull(probeReportSchema, row.probe)
    return {
      id: row.id,
      name: row.name,
      up: probe?.ok ?? null,
      storedBytes: total?.bytes ?? 0,
      capacityBytes: destinationOptionsSchema.parse(row.options).capacityBytes ?? probe?.space?.totalBytes ?? null,
      freeBytes: probe?.space?.freeBytes ?? null,
      copies,
    }
  })
}
