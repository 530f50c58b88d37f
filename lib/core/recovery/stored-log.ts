import type { Lsn } from '../log/lsn'
import type { TimelineHistory } from '../log/timeline-history'

/** A base backup, as recovery sees it. Only its end, or a later point, can be reached with it. */
export interface RecoveryBase {
  backupId: string
  /** The one that the backup ended on. */
  timeline: string
  /** Where the log that it needs begins. */
  start: Lsn
  end: Lsn
  /** By the server's clock, at `end` or just after it. */
  endedAt: Date
}

/** An unbroken stretch of stored log on one timeline; `to` is exclusive. */
export interface StoredRange {
  timeline: string
  from: Lsn
  to: Lsn
  /** Time of the newest commit in it, rounded up to a whole millisecond; null when it has none. */
  lastCommitAt: Date | null
  /** By the server's clock: everything that was committed up to then is stored; null when that is not known. */
  coveredUntil: Date | null
  /** Why nothing follows it, in words; null while it grows, or when nobody knows. */
  endsBecause: string | null
}

/** What is stored of one server's log in one destination, with the base backups there. */
export interface StoredLog {
  bases: RecoveryBase[]
  ranges: StoredRange[]
  /** Of the timelines that have ancestors. */
  histories: TimelineHistory[]
}

/** A place with the time that belongs to it. */
export interface RecoveryPoint {
  timeline: string
  position: Lsn
  time: Date
}
