import type { Lsn } from '../log/lsn'
import { historyFinder, legsOf, type TimelineLeg } from '../log/timeline-history'
import type { RecoveryBase, StoredLog, StoredRange } from './stored-log'

/** Unbroken log on the way to a timeline, with the bases from which it can be replayed. */
export interface PathStretch {
  from: Lsn
  to: Lsn
  lastCommitAt: Date | null
  coveredUntil: Date | null
  /** Where a range goes on after the fork, nobody knows on which side its newest commit is: of this time at most. */
  uncertainUntil: Date | null
  endsBecause: string | null
  /** By their ends. */
  bases: RecoveryBase[]
}

/** A stretch with at least one base: every place from the end of its first base to its own end can be reached. */
export interface PathWindow extends PathStretch {
  bases: [RecoveryBase, ...RecoveryBase[]]
  /** The end of the first base. */
  reachableFrom: Lsn
  reachableFromTime: Date
  /** Everything that was committed up to then can be reached. */
  reachableToTime: Date
}

/** The way to a timeline through its ancestors, and what is stored of it. */
export interface TimelinePath {
  timeline: string
  legs: [TimelineLeg, ...TimelineLeg[]]
  stretches: PathStretch[]
  windows: PathWindow[]
}

/**
 * What is stored on the way to each timeline that there is anything of, the oldest first. The work on one timeline is that of sorting
 * its ranges and its ancestors'.
 */
export function pathsOf(log: StoredLog): TimelinePath[] {
  const historyOf = historyFinder(log.histories)
  const ranges = Map.groupBy(log.ranges, ({ timeline }) => timeline)
  const bases = Map.groupBy(log.bases, ({ timeline }) => timeline)
  const timelines = new Set([...ranges.keys(), ...bases.keys()])
  return [...timelines].sort().map((timeline) => {
    const legs = legsOf(historyOf(timeline))
    const stretches = merge(legs.flatMap((leg) => (ranges.get(leg.timeline) ?? []).flatMap(upTo(leg.to))))
    const usable = legs.flatMap((leg) => (bases.get(leg.timeline) ?? []).filter(({ end }) => isBefore(end, leg.to)))
    giveBases(stretches, usable)
    const [first = { timeline, from: 0n, to: null }, ...others] = legs
    return { timeline, legs: [first, ...others], stretches, windows: stretches.flatMap(windowOf) }
  })
}

/**
 * What of a range lies before the way leaves its timeline. What lies before its beginning counts: a timeline's first segment has the
 * bytes of its ancestor's up to the fork.
 */
const upTo =
  (fork: Lsn | null) =>
  ({ from, to, lastCommitAt, coveredUntil, endsBecause }: StoredRange): PathStretch[] => {
    if (from >= to || (fork !== null && from >= fork)) return []
    if (fork === null || to <= fork)
      return [{ from, to, lastCommitAt, coveredUntil, uncertainUntil: null, endsBecause, bases: [] }]
    const times = { lastCommitAt: null, coveredUntil: null, uncertainUntil: lastCommitAt }
    return [{ from, to: fork, ...times, endsBecause: null, bases: [] }]
  }

const isBefore = (place: Lsn, limit: Lsn | null): boolean => limit === null || place <= limit

/** What touches or overlaps is one. */
function merge(parts: PathStretch[]): PathStretch[] {
  const merged: PathStretch[] = []
  for (const part of parts.toSorted((a, b) => compare(a.from, b.from))) {
    const last = merged.at(-1)
    if (!last || part.from > last.to) {
      merged.push({ ...part })
      continue
    }
    last.lastCommitAt = later(last.lastCommitAt, part.lastCommitAt)
    last.coveredUntil = later(last.coveredUntil, part.coveredUntil)
    last.uncertainUntil = later(last.uncertainUntil, part.uncertainUntil)
    if (part.to === last.to && part.from < part.to) last.endsBecause ??= part.endsBecause
    if (part.to > last.to) [last.to, last.endsBecause] = [part.to, part.endsBecause]
  }
  return merged
}

/** A base belongs to the stretch that has all the log from its start to its end. */
function giveBases(stretches: PathStretch[], bases: RecoveryBase[]): void {
  let at = 0
  for (const base of bases.toSorted((a, b) => compare(a.start, b.start))) {
    while ((stretches[at]?.to ?? base.start) < base.start) at += 1
    const stretch = stretches[at]
    if (stretch && stretch.from <= base.start && base.end <= stretch.to) stretch.bases.push(base)
  }
  for (const { bases: own } of stretches) own.sort((a, b) => compare(a.end, b.end))
}

function windowOf(stretch: PathStretch): PathWindow[] {
  const [first, ...others] = stretch.bases
  if (!first) return []
  const reachableToTime = later(later(first.endedAt, stretch.lastCommitAt), stretch.coveredUntil) ?? first.endedAt
  return [
    {
      ...stretch,
      bases: [first, ...others],
      reachableFrom: first.end,
      reachableFromTime: first.endedAt,
      reachableToTime,
    },
  ]
}

export const compare = (a: Lsn, b: Lsn): number => (a < b ? -1 : a > b ? 1 : 0)

/** The later of two times; one that is not known counts for nothing. */
export function later(a: Date | null, b: Date | null): Date | null {
  if (a === null || b === null) return a ?? b
  return a < b ? b : a
}
