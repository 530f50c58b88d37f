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
 * How long after its backup's end a copy that is behind is not told of: the source's objective, for until then the data
 * is no older than it may be, or a day; and an hour at least, which is what catching up may take.
 */
export function copyLateAfterMs(rpoObjectiveMs: number | null): number {
  return Math.max(hourMs, Math.min(dayMs, rpoObjectiveMs ?? dayMs))
}

/** True while there is no need to tell anybody that the copy is missing. */
export function isInTime(
  copy: CopyOnItsWay,
  backup: { finishedAt: Date | null; rpoObjectiveMs: number | null },
  now: Date,
): boolean {
  const since = backup.finishedAt?.getTime() ?? now.getTime()
  return isBehind(copy) && now.getTime() - since < copyLateAfterMs(backup.rpoObjectiveMs)
}
