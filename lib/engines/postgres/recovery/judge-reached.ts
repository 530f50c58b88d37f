import { formatLsn, type Lsn } from '@/lib/core/log/lsn'
import type { RecoveryPlan } from '@/lib/core/recovery/plan-recovery'

/** Where a recovery really ended. */
export interface Reached {
  /** The end of the last record that was replayed. */
  position: Lsn
  timeline: string
  /** Of the last transaction that was replayed; null: there was none. */
  time: Date | null
  /** Of the transaction at which it stopped. */
  xid: string | null
}

export interface ReachedFacts extends Reached {
  /** The server said that it stopped at its target. */
  hasStopped: boolean
  /** It took the last segment of the plan. */
  hasTakenAll: boolean
}

/** Times of commits have microseconds, and were rounded up in the plan. */
const roundingMs = 1

/** Why what was reached is not what was promised, in words; null when it is. */
export function judgeReached(plan: RecoveryPlan, reached: ReachedFacts): string | null {
  const { base, path, reaches, endIsTarget } = plan
  const { position, time, timeline, hasStopped, hasTakenAll } = reached
  const at = `it ended at ${formatLsn(position)} on timeline ${timeline}`
  const end = path.at(-1)?.to ?? base.end
  if (position < base.end) return `${at}, before the end of the base backup at ${formatLsn(base.end)}`
  if (position > end) return `${at}, beyond the end of the plan at ${formatLsn(end)}`
  const isOnPath = path.some((leg) => leg.timeline === timeline && leg.from <= position && position <= leg.to)
  if (!isOnPath) return `${at}, which is not on the way to ${plan.timeline}`
  if (!hasStopped && !endIsTarget) return `${at}, and the server did not say that it was at its target`
  if (!hasStopped && !hasTakenAll) return `${at}, and the log goes on after it`
  switch (reaches.as) {
    case 'latest': {
      const newest = reaches.time !== null && reaches.time > base.endedAt ? reaches.time : null
      if (newest && (time === null || time.getTime() < newest.getTime() - roundingMs))
        return `${at}, and its last transaction is of ${told(time)}; the newest one that is stored is of ${told(newest)}`
      return null
    }
    case 'time':
      return reaches.time && time && time > reaches.time
        ? `${at}, and its last transaction is of ${told(time)}, later than ${told(reaches.time)}`
        : null
    case 'lsn':
    case 'immediate':
      return null
    case 'xid':
    case 'name':
      return reaches.position !== null && position < reaches.position
        ? `${at}, before ${formatLsn(reaches.position)}, where the target was found`
        : null
  }
}

const told = (time: Date | null): string => time?.toISOString() ?? 'none'
