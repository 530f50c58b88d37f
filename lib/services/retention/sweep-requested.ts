import type { Tx } from '@/lib/db/client'
import { isGood, type HistoryRow } from './load-history'

/**
 * Marks the backups whose deletion somebody asked for and whose time is over. What must not go any more by then, because
 * it is pinned, the last good one or needed by another, is taken back instead.
 */
export async function sweepRequested(
  tx: Tx,
  input: {
    requested: readonly HistoryRow[]
    entries: readonly HistoryRow[]
    usable: ReadonlySet<string>
    now: Date
  },
): Promise<{ marked: { id: string; reason: string }[]; refused: { id: string; reason: string }[] }> {
  const { requested, entries, usable, now } = input
  const marked: { id: string; reason: string }[] = []
  const refused: { id: string; reason: string }[] = []
  const goodIsLeft = entries.some((entry) => isGood(entry) && entry.deleteAfter === null)
  const needed = new Set(entries.flatMap((entry) => entry.dependsOn))
  for (const entry of requested) {
    if (entry.deleteAfter === null || entry.deleteAfter > now) continue
    const obstacle = entry.pinned
      ? 'it is pinned'
      : isGood(entry) && !goodIsLeft
        ? 'it is the last good backup'
        : needed.has(entry.id)
          ? 'another backup needs it'
          : null
    if (obstacle) {
      await tx.backup.update({
        where: { id: entry.id },
        data: { deleteAfter: null, deletedReason: null, deleteCause: null },
      })
      refused.push({ id: entry.id, reason: obstacle })
    } else if (usable.has(entry.id)) {
      await tx.backup.update({ where: { id: entry.id }, data: { deletedAt: now } })
      marked.push({ id: entry.id, reason: entry.deletedReason ?? 'deleted by request' })
    }
  }
  return { marked, refused }
}
