const dayMs = 86_400_000

/** An unknown object: when we first saw it, and when it was reported. */
export interface SeenObject {
  firstSeenAt: Date
  reportedAt: Date | null
}

/**
 * Whether an object can no longer belong to a run that is still writing. `oldestWriterAt` is the start of the oldest run that was
 * writing at any time during this inventory; null when none was.
 */
export function isToBeReported(seen: { firstSeenAt: Date }, oldestWriterAt: Date | null): boolean {
  return oldestWriterAt === null || seen.firstSeenAt < oldestWriterAt
}

/** Objects that were first seen before this may be removed when a person asks for it. */
export const removableBefore = (now: Date): Date => new Date(now.getTime() - dayMs)

/** Whether it may be removed on request: reported, and known to us for a day, whatever age the store gives it. */
export function isRemovable(seen: SeenObject, now: Date): boolean {
  return seen.reportedAt !== null && seen.firstSeenAt < removableBefore(now)
}
