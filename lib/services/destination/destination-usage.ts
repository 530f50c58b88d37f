import type { Destination } from '@/lib/contracts/destination'
import type { Tx } from '@/lib/db/client'

/** Copies that lie in each destination now, and what they and the log there take; every id asked for is in the answer. */
export async function destinationUsage(tx: Tx, ids: string[]): Promise<Map<string, Destination['usage']>> {
  const groups = await tx.backupCopy.groupBy({
    by: ['destinationId'],
    where: { destinationId: { in: ids }, state: 'stored' },
    _count: { _all: true },
    _sum: { storedBytes: true },
  })
  const usage = new Map<string, Destination['usage']>(ids.map((id) => [id, { backupCount: 0, storedBytes: 0 }]))
  for (const group of groups) {
    usage.set(group.destinationId, {
      backupCount: group._count._all,
      storedBytes: Number(group._sum.storedBytes ?? 0n),
    })
  }
  const logs = await tx.logTotal.groupBy({
    by: ['destinationId'],
    where: { destinationId: { in: ids } },
    _sum: { storedBytes: true },
  })
  for (const { destinationId, _sum } of logs) {
    const own = usage.get(destinationId)
    if (own) own.storedBytes += Number(_sum.storedBytes ?? 0n)
  }
  return usage
}

/** The same for one. */
export async function usageOf(tx: Tx, id: string): Promise<Destination['usage']> {
  return (await destinationUsage(tx, [id])).get(id) ?? { backupCount: 0, storedBytes: 0 }
}
