import type { RetainedBackup } from './retained-backup'

/**
 * Adds to `kept` what a kept backup needs, then takes from it the oldest until `maxTotalBytes` holds, together with
 * whatever needs them. Protected ones, and what those need, stay even when they are too large. Changes `kept`; answers
 * the ids that the limit took.
 */
export function dropOverCap(input: {
  newestFirst: readonly RetainedBackup[]
  kept: Map<string, string[]>
  protectedIds: ReadonlySet<string>
  maxTotalBytes: number | undefined
}): Set<string> {
  const { newestFirst, kept, maxTotalBytes } = input
  const byId = new Map(newestFirst.map((backup) => [backup.id, backup]))
  const own = new Set(kept.keys())
  for (const id of needed(own, byId)) if (!own.has(id)) kept.set(id, ['needed to restore a backup that is kept'])
  const dropped = new Set<string>()
  if (maxTotalBytes === undefined) return dropped

  const untouchable = needed(input.protectedIds, byId)
  const dependents = new Map<string, string[]>()
  for (const backup of newestFirst)
    for (const base of backup.dependsOn ?? []) dependents.set(base, [...(dependents.get(base) ?? []), backup.id])
  const isKept = (id: string) => kept.has(id)
  let total = [...kept.keys()].reduce((sum, id) => sum + (byId.get(id)?.storedBytes ?? 0), 0)
  const drop = (first: string) => {
    const going = [first]
    for (let id = going.pop(); id !== undefined; id = going.pop()) {
      if (!kept.delete(id)) continue
      dropped.add(id)
      total -= byId.get(id)?.storedBytes ?? 0
      // What needs it is of no use without it; what only it needed has lost its reason.
      going.push(...(dependents.get(id) ?? []).filter(isKept))
      for (const base of byId.get(id)?.dependsOn ?? [])
        if (!own.has(base) && !(dependents.get(base) ?? []).some(isKept)) going.push(base)
    }
  }
  for (const backup of newestFirst.toReversed()) {
    if (total <= maxTotalBytes) break
    if (kept.has(backup.id) && !untouchable.has(backup.id) && backup.storedBytes > 0) drop(backup.id)
  }
  return dropped
}

/** These and everything they need, however far down. */
function needed(ids: Iterable<string>, byId: ReadonlyMap<string, RetainedBackup>): Set<string> {
  const found = new Set<string>()
  const open = [...ids]
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    if (found.has(id) || !byId.has(id)) continue
    found.add(id)
    open.push(...(byId.get(id)?.dependsOn ?? []))
  }
  return found
}
