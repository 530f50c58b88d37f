import { removableBefore } from '@/lib/core/storage-care/judge-unknown'
import type { Tx } from '@/lib/db/client'

/** Reported unknown objects, as a destination was last listed, and how many of them a clean-up would remove. */
export async function countUnknown(
  tx: Tx,
  destinationId: string,
  now: Date,
): Promise<{ count: number; sizeBytes: number; removableCount: number; removableBytes: number }> {
  const there = { destinationId, reportedAt: { not: null } }
  const sums = { _count: { _all: true }, _sum: { sizeBytes: true } } as const
  const [all, old] = await Promise.all([
    tx.storageFinding.aggregate({ where: there, ...sums }),
    tx.storageFinding.aggregate({ where: { ...there, firstSeenAt: { lt: removableBefore(now) } }, ...sums }),
  ])
  return {
    count: all._count._all,
    sizeBytes: Number(all._sum.sizeBytes ?? 0n),
    removableCount: old._count._all,
    removableBytes: Number(old._sum.sizeBytes ?? 0n),
  }
}
