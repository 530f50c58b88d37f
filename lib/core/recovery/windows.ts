import type { Lsn } from '../log/lsn'
import { later, type PathStretch, pathsOf, type PathWindow, type TimelinePath } from './path-windows'
import type { StoredLog } from './stored-log'

/** An interval of one timeline in which every point can be reached. */
export interface RecoveryWindow {
  timeline: string
  from: Lsn
  to: Lsn
  /** On a timeline that begins within the window: the latest time that is known to be before the fork. */
  fromTime: Date
  /** Everything that was committed up to then can be reached. */
  toTime: Date
  /** Base backups from which the window can be reached, by their ends; also those of ancestors. */
  baseIds: string[]
  endsBecause: string | null
}

/** Log that is stored nowhere, between stretches that are. */
export interface LogGap {
  /** The one on which it begins; a gap may reach over a fork. */
  timeline: string
  from: Lsn
  to: Lsn
  /** Commits up to then are stored before it; null: not known. */
  fromTime: Date | null
  /** The first time that is known after it; null: none yet. */
  toTime: Date | null
  because: string | null
}

/** Windows and gaps by timeline and place. */
export function windowsOf(log: StoredLog): { windows: RecoveryWindow[]; gaps: LogGap[] } {
  const paths = pathsOf(log)
  return { windows: paths.flatMap((path) => windowsOn(path, log)), gaps: gapsOf(paths) }
}

function windowsOn(path: TimelinePath, log: StoredLog): RecoveryWindow[] {
  const begin = path.legs.at(-1)?.from ?? 0n
  return path.windows.flatMap((window) => {
    const { to, endsBecause } = window
    // A timeline of which nothing is stored adds no point to those of its ancestor.
    const hasOwn = to > begin || window.bases.some(({ timeline }) => timeline === path.timeline)
    if (to < begin || !hasOwn) return []
    const beginsHere = window.reachableFrom < begin
    const fromTime = beginsHere ? timeBefore(begin, window, path, log) : window.reachableFromTime
    const baseIds = window.bases.map(({ backupId }) => backupId)
    return [
      {
        timeline: path.timeline,
        from: beginsHere ? begin : window.reachableFrom,
        to,
        fromTime,
        toTime: later(fromTime, window.reachableToTime) ?? fromTime,
        baseIds,
        endsBecause,
      },
    ]
  })
}

/** The latest time that certainly belongs to a place before the fork. */
function timeBefore(fork: Lsn, window: PathWindow, path: TimelinePath, log: StoredLog): Date {
  const ancestors = new Set(path.legs.slice(0, -1).map(({ timeline }) => timeline))
  const ranges = log.ranges.filter(
    ({ timeline, from, to }) => ancestors.has(timeline) && window.from <= from && to <= fork,
  )
  const times = [
    ...window.bases.filter(({ end }) => end <= fork).map(({ endedAt }) => endedAt),
    ...ranges.flatMap(({ lastCommitAt, coveredUntil }) => later(lastCommitAt, coveredUntil) ?? []),
  ]
  return times.reduce((latest, time) => later(latest, time) ?? time, window.reachableFromTime)
}

function gapsOf(paths: TimelinePath[]): LogGap[] {
  const gaps = new Map<string, LogGap>()
  for (const { legs, stretches } of paths) {
    stretches.slice(1).forEach((after, index) => {
      const before = stretches[index]
      if (!before) return
      const leg = legs.findLast(({ from }) => from <= before.to) ?? legs[0]
      const gap = {
        timeline: leg.timeline,
        from: before.to,
        to: after.from,
        fromTime: timeAtEnd(before),
        toTime: timeAtBeginning(after),
        because: before.endsBecause,
      }
      // The way to a descendant has the gaps of its ancestors once more.
      const key = `${gap.timeline} ${gap.from} ${gap.to}`
      if (!gaps.has(key)) gaps.set(key, gap)
    })
  }
  return [...gaps.values()]
}

function timeAtEnd({ lastCommitAt, coveredUntil, bases }: PathStretch): Date | null {
  return bases.reduce((latest, { endedAt }) => later(latest, endedAt) ?? endedAt, later(lastCommitAt, coveredUntil))
}

/** Only ends of bases and last commits are known, so it may be later than the first commit. */
function timeAtBeginning({ lastCommitAt, coveredUntil, bases }: PathStretch): Date | null {
  const times = [lastCommitAt, coveredUntil, ...bases.map(({ endedAt }) => endedAt)].filter((time) => time !== null)
  return times.reduce<Date | null>((earliest, time) => (earliest && earliest < time ? earliest : time), null)
}
