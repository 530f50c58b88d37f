import type { Tx } from '@/lib/db/client'

const dayMs = 86_400_000

/** What a clean-up may remove is older than a day: nobody can still be writing it. */
export const removableBefore = (now: Date): Date => new Date(now.getTime() - dayMs)

/** Unknown objects that are in a destination as it was last listed, and how many of them a clean-up would remove. */
export async function countUnknown(
  tx: Tx,
  destinationId: string,
  now: Date,
): Promise<{ count: number; sizeBytes: number; removableCount: number; removableBytes: number }> {
  const there = { destinationId, goneAt: null }
  const sums = { _count: { _all: true }, _sum: { sizeBytes: true } } as const
  const [all, old] = await Promise.all([
    tx.storageFinding.aggregate({ where: there, ...sums }),
    tx.storageFinding.aggregate({ where: { ...there, lastModified: { lt: removableBefore(now) } }, ...sums }),
  ])
  return {
    count: all._count._all,
    sizeBytes: Number(all._sum.sizeBytes ?? 0n),
    removableCount: old._count._all,
    removableBytes: Number(old._sum.sizeBytes ?? 0n),
  }
}
