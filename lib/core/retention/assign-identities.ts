/**
 * Backups from before the system identifier was recorded know only the major version (`15`). They count as those of
 * the next newer backup of that version (`15/7312…`), so that an update of Holdfast splits no history.
 */
export function assignIdentities<T extends { startedAt: Date; identity: string | null }>(entries: readonly T[]): T[] {
  const newestFirst = entries.toSorted((a, b) => b.startedAt.getTime() - a.startedAt.getTime())
  const full = new Map<string, string>()
  let last: string | null = null
  return newestFirst.map((entry) => {
    const { identity } = entry
    const major = identity?.split('/')[0] ?? ''
    if (identity?.includes('/')) full.set(major, identity)
    const assigned: string | null = identity === null ? last : (full.get(major) ?? identity)
    last = assigned
    return { ...entry, identity: assigned }
  })
}
