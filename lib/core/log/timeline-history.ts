import { type Lsn, parseLsn } from './lsn'
import { timelineNumber, timelineText } from './wal-name'

/** How a timeline came about. Timelines are written as in `timelineText`. */
export interface TimelineHistory {
  timeline: string
  /** From the oldest on, each with the place at which the next one of the list, or the timeline itself, left it; none before the last. */
  ancestors: { timeline: string; fork: Lsn }[]
}

/** A stretch of the way to a timeline; `to` is exclusive. One may be empty. */
export interface TimelineLeg {
  timeline: string
  /** Where the timeline began; 0 on the first one. */
  from: Lsn
  /** Where the way leaves it; null on the last one. */
  to: Lsn | null
}

/** What the server reads of a line: the number in decimal, unlike in names, and the place. The rest is a reason for people. */
const line = /^\s*(\d{1,10})\s+([0-9A-Fa-f]{1,8}\/[0-9A-Fa-f]{1,8})(?:\s.*)?$/

/**
 * Reads the content of `<timeline>.history`. Numbers of timelines may be skipped: a server takes the next one that is free in its
 * archive. Throws a `SyntaxError` that quotes what no server writes.
 */
export function parseTimelineHistory(timeline: string, content: string): TimelineHistory {
  const own = timelineNumber(timeline)
  const ancestors: TimelineHistory['ancestors'] = []
  let newest = 0
  for (const text of content.split(/\r?\n/)) {
    if (/^\s*(#|$)/.test(text)) continue
    const [, number, place] = line.exec(text) ?? []
    if (number === undefined || place === undefined) throw nonsense(timeline, text)
    const fork = parseLsn(place)
    if (Number(number) <= newest || Number(number) >= own) throw nonsense(timeline, text)
    newest = Number(number)
    ancestors.push({ timeline: timelineText(newest), fork })
  }
  // Recovery along a timeline to a place before its beginning writes that it was left there: nothing of it is on the way.
  ancestors.forEach((each, at) => {
    for (const { fork } of ancestors.slice(at)) if (fork < each.fork) each.fork = fork
  })
  return { timeline, ancestors }
}

/** The whole way to a timeline, from the oldest one on. */
export function legsOf({ timeline, ancestors }: TimelineHistory): TimelineLeg[] {
  const forks = [0n, ...ancestors.map(({ fork }) => fork)]
  return [...ancestors.map((each) => each.timeline), timeline].map((name, at) => ({
    timeline: name,
    from: forks[at] ?? 0n,
    to: forks[at + 1] ?? null,
  }))
}

/** The way from an ancestor, or from the timeline itself; null when it does not come from there. */
export function legsFrom(history: TimelineHistory, ancestor: string): TimelineLeg[] | null {
  const legs = legsOf(history)
  const at = legs.findIndex(({ timeline }) => timeline === ancestor)
  return at < 0 ? null : legs.slice(at)
}

/**
 * Histories by timeline. The one of a descendant tells those of its ancestors as well, in case their own files are gone. A timeline
 * without any is taken for one without ancestors.
 */
export function historyFinder(histories: TimelineHistory[]): (timeline: string) => TimelineHistory {
  const known = new Map<string, TimelineHistory>()
  for (const { ancestors } of histories)
    ancestors.forEach(({ timeline }, at) => known.set(timeline, { timeline, ancestors: ancestors.slice(0, at) }))
  for (const history of histories) known.set(history.timeline, history)
  return (timeline) => known.get(timeline) ?? { timeline, ancestors: [] }
}

function nonsense(timeline: string, text: string): SyntaxError {
  return new SyntaxError(
    `The history of timeline ${timeline} has a line that no server writes: ${JSON.stringify(text)}`,
  )
}
