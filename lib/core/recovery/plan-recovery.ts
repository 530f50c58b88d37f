import { formatLsn, type Lsn } from '../log/lsn'
import type { TimelineHistory } from '../log/timeline-history'
import { timelineNumber } from '../log/wal-name'
import { later, pathsOf, type PathWindow, type TimelinePath } from './path-windows'
import type { RecoveryBase, RecoveryPoint, StoredLog } from './stored-log'

/** Where a commit or a named restore point was found in the log: the place where its record begins. */
export interface FoundRecord {
  position: Lsn
  time: Date
}

/**
 * What was asked for. `lsn` is the state that all records make which begin before it, as `pg_current_wal_lsn()` answered it; with
 * `inclusive` the record that begins there, or next after it, is part of it, as PostgreSQL's own default has it. `time` includes what was
 * committed in that very moment. `xid` includes the transaction.
 */
export type RecoveryTarget =
  | { type: 'latest' }
  | { type: 'immediate' }
  | { type: 'time'; time: Date }
  | { type: 'lsn'; lsn: Lsn; inclusive?: boolean }
  | { type: 'xid'; xid: string; found: FoundRecord | null }
  | { type: 'name'; name: string; found: FoundRecord | null }

/** A stretch of log that is replayed; `to` is exclusive. */
export interface ReplayedStretch {
  timeline: string
  from: Lsn
  to: Lsn
}

export interface RecoveryPlan {
  base: RecoveryBase
  /** The one that is recovered along. */
  timeline: string
  /** The way to it, for a server that finds none stored. */
  history: TimelineHistory
  /**
   * The log from the base's start on, over forks, to the end of what is stored without a gap. All of it is stored, and nothing behind it
   * may be handed to the server: it need not be of the same log, or was committed after the plan was made.
   */
  path: [ReplayedStretch, ...ReplayedStretch[]]
  /** What is run and what has to be reached. A time that nothing was committed after is the latest state. */
  reaches: {
    as: RecoveryTarget['type']
    position: Lsn | null
    /** `latest`: the newest commit. `time`: no commit that is reached is later. `xid`, `name`: when it happened. Null: not known. */
    time: Date | null
    /** Why it is run as something else than what was asked for, in words. */
    because?: string
  }
  /**
   * True: when the server comes to the end of the path and has found no record to stop at, that end is the target: nothing in the log
   * is beyond it. Else that is a failure.
   */
  endIsTarget: boolean
  /** Settings of the server that say where it stops. */
  settings: Record<string, string>
}

/** Points that can be reached instead. */
export interface NearestPoints {
  before?: RecoveryPoint
  after?: RecoveryPoint
}

export interface RecoveryRefusal {
  /**
   * `gap`: between two stretches, or in log that follows a gap and that no base backup leads to yet. `before-base`: before the end of the
   * first base backup. `beyond-stored`: later than what is stored. `no-path`: nothing of the timeline can be reached. `not-found`: no
   * such transaction or restore point in the stored log.
   */
  reason: 'gap' | 'before-base' | 'beyond-stored' | 'no-path' | 'not-found'
  nearest: NearestPoints[]
}

export type PlannedRecovery = { plan: RecoveryPlan } | { refused: RecoveryRefusal }

/** Without a `timeline` the newest one that anything is stored of. The base is the newest that ends at or before the target. */
export function planRecovery(
  input: StoredLog & { target: RecoveryTarget & { timeline?: string | undefined } },
): PlannedRecovery {
  const { target } = input
  const paths = pathsOf(input)
  const path = target.timeline === undefined ? paths.at(-1) : paths.find(({ timeline }) => timeline === target.timeline)
  if (!path || path.windows.length === 0) return refuse('no-path', paths.flatMap(lastPoint))
  switch (target.type) {
    case 'latest':
      return planLatest(path)
    case 'immediate':
      return planImmediate(path)
    case 'time':
      return planTime(path, target.time)
    case 'lsn':
      return planLsn(path, target)
    case 'xid':
      return planFound(path, target.found, 'xid', { recovery_target_xid: target.xid })
    case 'name':
      return planFound(path, target.found, 'name', { recovery_target_name: target.name })
  }
}

function planLatest(path: TimelinePath): PlannedRecovery {
  const window = path.windows.at(-1)
  if (!window || window.to !== path.stretches.at(-1)?.to) return refuse('gap', lastPoint(path))
  return latestOf(path, window, window.to, null)
}

/** All of a window, from the newest base that ends at or before the target. */
function latestOf(path: TimelinePath, window: PathWindow, before: Lsn | Date, because: string | null): PlannedRecovery {
  const reaches = { as: 'latest' as const, position: window.to, time: window.lastCommitAt }
  return planned(path, window, before, because === null ? reaches : { ...reaches, because }, {})
}

function planImmediate(path: TimelinePath): PlannedRecovery {
  const window = path.windows.reduce((a, b) => (newest(b).end > newest(a).end ? b : a))
  const { end, endedAt } = newest(window)
  return planned(path, window, end, { as: 'immediate', position: end, time: endedAt }, { recovery_target: 'immediate' })
}

const newest = ({ bases }: PathWindow): RecoveryBase => bases.at(-1) ?? bases[0]

function planTime(path: TimelinePath, time: Date): PlannedRecovery {
  const window = path.windows.findLast(({ bases }) => bases.some(({ endedAt }) => endedAt <= time))
  const nearest = () => [
    around(
      path,
      ({ reachableToTime }) => reachableToTime < time,
      ({ reachableFromTime }) => reachableFromTime > time,
    ),
  ]
  if (!window) return refuse('before-base', nearest())
  const { lastCommitAt, coveredUntil, uncertainUntil } = window
  const stopAtTime = (endIsTarget: boolean) => {
    const settings = { recovery_target_time: settingOf(time), recovery_target_inclusive: 'on' }
    return planned(path, window, time, { as: 'time', position: null, time }, settings, endIsTarget)
  }
  if (lastCommitAt !== null && time < lastCommitAt) return stopAtTime(false)
  const known = later(lastCommitAt, coveredUntil)
  if (known === null || known < time)
    return refuse(window.to === path.stretches.at(-1)?.to ? 'beyond-stored' : 'gap', nearest())
  if (uncertainUntil !== null && time < uncertainUntil) return stopAtTime(true)
  // The server stops a time target at a later commit only, and fails after it has replayed everything when there is none.
  const newestCommit = lastCommitAt === null ? 'the base backup' : lastCommitAt.toISOString()
  const because = `Nothing was committed after ${newestCommit} up to ${time.toISOString()}: the time asked for is the latest state.`
  return latestOf(path, window, time, because)
}

/** With an offset in digits: at its start, when it reads its settings, the server does not know what `Z` means yet. */
const settingOf = (time: Date): string => time.toISOString().replace('T', ' ').replace('Z', '+00')

function planLsn(path: TimelinePath, { lsn, inclusive = false }: { lsn: Lsn; inclusive?: boolean }): PlannedRecovery {
  const window = windowAt(path, lsn)
  if (!window) return refusePosition(path, lsn)
  // The server stops at a record that begins there or later, and nothing is stored behind the end.
  if (lsn === window.to)
    return latestOf(path, window, lsn, `${formatLsn(lsn)} is the end of what is stored: this is the latest state.`)
  return planned(
    path,
    window,
    lsn,
    { as: 'lsn', position: lsn, time: null },
    { recovery_target_lsn: formatLsn(lsn), recovery_target_inclusive: inclusive ? 'on' : 'off' },
    true,
  )
}

function planFound(
  path: TimelinePath,
  found: FoundRecord | null,
  as: 'xid' | 'name',
  settings: Record<string, string>,
): PlannedRecovery {
  if (!found) return refuse('not-found', [])
  const window = windowAt(path, found.position)
  if (!window || found.position === window.to) return refusePosition(path, found.position)
  const { position, time } = found
  return planned(path, window, position, { as, position, time }, { ...settings, recovery_target_inclusive: 'on' })
}

const windowAt = (path: TimelinePath, lsn: Lsn): PathWindow | undefined =>
  path.windows.find(({ reachableFrom, to }) => reachableFrom <= lsn && lsn <= to)

function planned(
  path: TimelinePath,
  window: PathWindow,
  before: Lsn | Date,
  reaches: RecoveryPlan['reaches'],
  settings: Record<string, string>,
  endIsTarget = false,
): PlannedRecovery {
  const isEarly = ({ end, endedAt }: RecoveryBase) => (typeof before === 'bigint' ? end <= before : endedAt <= before)
  const base = window.bases.findLast(isEarly) ?? window.bases[0]
  const legs = path.legs.flatMap(({ timeline, ...leg }): ReplayedStretch[] => {
    const from = leg.from > base.start ? leg.from : base.start
    const to = leg.to !== null && leg.to < window.to ? leg.to : window.to
    return from < to ? [{ timeline, from, to }] : []
  })
  const [first = { timeline: base.timeline, from: base.start, to: window.to }, ...others] = legs
  const timeline = { recovery_target_timeline: String(timelineNumber(path.timeline)) }
  return {
    plan: {
      base,
      timeline: path.timeline,
      history: {
        timeline: path.timeline,
        ancestors: path.legs.flatMap(({ timeline: name, to }) => (to === null ? [] : [{ timeline: name, fork: to }])),
      },
      path: [first, ...others],
      reaches,
      endIsTarget: endIsTarget || reaches.as === 'latest',
      settings: { ...timeline, ...settings },
    },
  }
}

const refuse = (reason: RecoveryRefusal['reason'], nearest: NearestPoints[]): PlannedRecovery => ({
  refused: { reason, nearest: nearest.filter(({ before, after }) => before ?? after) },
})

function refusePosition(path: TimelinePath, lsn: Lsn): PlannedRecovery {
  const nearest = around(
    path,
    ({ to }) => to < lsn,
    ({ reachableFrom }) => reachableFrom > lsn,
  )
  const reason = !nearest.before ? 'before-base' : lsn > (path.stretches.at(-1)?.to ?? lsn) ? 'beyond-stored' : 'gap'
  return refuse(reason, [nearest])
}

function around(
  path: TimelinePath,
  isBefore: (window: PathWindow) => boolean,
  isAfter: (window: PathWindow) => boolean,
): NearestPoints {
  const before = path.windows.findLast(isBefore)
  const after = path.windows.find(isAfter)
  return {
    ...(before ? { before: pointAt(path, before.to, before.reachableToTime) } : {}),
    ...(after ? { after: pointAt(path, after.reachableFrom, after.reachableFromTime) } : {}),
  }
}

/** The end of what can be reached on a path. */
function lastPoint(path: TimelinePath): NearestPoints[] {
  const window = path.windows.at(-1)
  return window ? [{ before: pointAt(path, window.to, window.reachableToTime) }] : []
}

function pointAt({ legs }: TimelinePath, position: Lsn, time: Date): RecoveryPoint {
  const leg = legs.find(({ to }) => to === null || position <= to) ?? legs[0]
  return { timeline: leg.timeline, position, time }
}
