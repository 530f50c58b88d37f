import { failureSchema } from '../../contracts/common'

const hourMs = 3_600_000
const dayMs = 24 * hourMs

/** A copy as its row has it. */
export interface CopyOnItsWay {
  state: string
  /** A failure, as it was stored. */
  error: unknown
}

/** True of a copy whose backup did not wait for it, and with which nothing went wrong since: it is being caught up. */
export function isBehind({ state, error }: CopyOnItsWay): boolean {
  const waits = state === 'pending' || state === 'uploading'
  return waits && failureSchema.safeParse(error).data?.code === 'copy-behind'
}

/**
 * How long after the end of its backup a copy that is behind raises no alert: until the source's objective is exceeded, or
 * for a day without one, and for an hour in any case, because catching up takes time.
 */
export function copyLateAfterMs(rpoObjectiveMs: number | null): number {
  return Math.max(hourMs, Math.min(dayMs, rpoObjectiveMs ?? dayMs))
}

/** True while a missing copy is no reason for an alert. */
export function isInTime(
  copy: CopyOnItsWay,
  backup: { finishedAt: Date | null; rpoObjectiveMs: number | null },
  now: Date,
): boolean {
  const since = backup.finishedAt?.getTime() ?? now.getTime()
  return isBehind(copy) && now.getTime() - since < copyLateAfterMs(backup.rpoObjectiveMs)
}
