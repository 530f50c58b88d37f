import type { Lsn } from '../log/lsn'
import { historyFinder, legsFrom, legsOf, type TimelineHistory } from '../log/timeline-history'
import { compare } from './path-windows'
import type { RecoveryBase, StoredRange } from './stored-log'

/** Log of one timeline that may go. */
export interface ExpiredLog {
  timeline: string
  /** What lies before it may go: segments that end at or before this place. Null: all of the timeline's. */
  before: Lsn | null
}

/**
 * Which log no kept base backup needs: what lies before the first start of those that lead to its timeline, and whole timelines to which
 * none leads. Of the current timeline, on which a base backup may be running, nothing goes until a kept one leads to it; a base backup
 * that is running elsewhere must be among those that are kept. Timelines of which nothing may go are not listed.
 */
export function expireLog(input: {
  kept: Pick<RecoveryBase, 'timeline' | 'start' | 'end'>[]
  ranges: Pick<StoredRange, 'timeline' | 'from'>[]
  histories: TimelineHistory[]
  currentTimeline: string
}): ExpiredLog[] {
  const historyOf = historyFinder(input.histories)
  const begins = Map.groupBy(input.ranges, ({ timeline }) => timeline)
  return [...begins]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([timeline, ranges]): ExpiredLog[] => {
      const history = historyOf(timeline)
      const leading = input.kept.filter((base) => leadsTo(base, history))
      if (timeline === input.currentTimeline && leading.length === 0) return []
      const beginning = input.kept.filter((base) => beginsOn(base, timeline, historyOf(base.timeline)))
      const [before] = [...leading, ...beginning].map(({ start }) => start).sort(compare)
      if (before === undefined) return [{ timeline, before: null }]
      return ranges.some(({ from }) => from < before) ? [{ timeline, before }] : []
    })
}

/** Points of the timeline can be reached from the base. */
function leadsTo({ timeline, end }: Pick<RecoveryBase, 'timeline' | 'end'>, history: TimelineHistory): boolean {
  const [leg] = legsFrom(history, timeline) ?? []
  return leg !== undefined && (leg.to === null || end <= leg.to)
}

/** A base of a standby may have begun before the timeline on which it ended. */
function beginsOn({ start }: Pick<RecoveryBase, 'start'>, timeline: string, history: TimelineHistory): boolean {
  const leg = legsOf(history).find((each) => each.timeline === timeline)
  return leg !== undefined && (leg.to === null || start < leg.to)
}
