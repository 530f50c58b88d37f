/** What retention needs to know of one finished backup. */
export interface RetainedBackup {
  id: string
  startedAt: Date
  /** Succeeded or partial with a stored copy, and not found broken. */
  good: boolean
  /** As it was taken, the source was damaged already: it takes the place of no older one that is whole. */
  damagedAtSource?: boolean
  pinned: boolean
  storedBytes: number
  /** Backups that a restore of this one needs; those that are not in the list are not its concern. */
  dependsOn?: readonly string[]
  /** The server it was taken from; counts are kept for each by itself (fault 79). Absent: the one there is. */
  identity?: string | null
  /** Restored along with the log of its source; those count apart from the others: neither takes the other's place. */
  needsLog?: boolean
}
