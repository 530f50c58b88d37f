import type { AlertEvent } from '@/lib/contracts/alerting/alert'
import type { RecoveryKitState } from '@/lib/contracts/settings'
import type { CopyState } from '@/lib/contracts/backup'

export const countedStates = ['succeeded', 'partial', 'failed', 'interrupted', 'missed'] as const
export type CountedState = (typeof countedStates)[number]

/** What is measured of one live source. Null: there is nothing to measure yet. */
export interface SourceMetrics {
  id: string
  name: string
  /** The newest good backup. */
  good: {
    /** The instant up to which its data is stored. */
    storedUntil: Date
    finishedAt: Date
    durationMs: number | null
    sourceBytes: number
    storedBytes: number
  } | null
  /** A failed or missed backup has not been made up for yet. */
  failing: boolean
  rpoObjectiveMs: number | null
  rtoObjectiveMs: number | null
  provenAt: Date | null
  /** The instant up to which its data is proven to be restorable. */
  provenUpTo: Date | null
  /** Good backups after that one which no restore test has looked at; a hundred means at least so many. */
  untested: number
  restoreDurationMs: number | null
  /** False while a failed restore test has not been made up for; null when none ever ended. */
  restoreTestPassed: boolean | null
  /** What is known of its log; null: it is not followed. */
  log: {
    exposureMs: number | null
    /** That is more than its objective allows. */
    isBehind: boolean
    lagBytes: number | null
    /** What its server keeps until it is stored. */
    keptBytes: number | null
    /** The window that is open now. */
    windowFrom: Date | null
    windowTo: Date | null
  } | null
  /** Runs that ended, since the source was added. */
  runs: Record<CountedState, number>
}

export interface DestinationMetrics {
  id: string
  name: string
  /** Null before the first look. */
  up: boolean | null
  storedBytes: number
  capacityBytes: number | null
  /** As its file system says. */
  freeBytes: number | null
  copies: Partial<Record<CopyState, number>>
}

/** Everything that is exported, read from the catalog at one instant. */
export interface MetricFacts {
  at: Date
  sources: SourceMetrics[]
  destinations: DestinationMetrics[]
  /** Jobs that wait or run. */
  queue: { kind: string; state: string; count: number }[]
  workers: { alive: number; lastSeenAt: Date | null }
  alertsOpen: Map<AlertEvent, number>
  recoveryKit: Pick<RecoveryKitState, 'state' | 'backups'>
  /** Sources and destinations that were left out to keep the number of series bounded. */
  truncated: number
}
