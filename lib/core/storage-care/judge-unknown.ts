const dayMs = 86_400_000

/** An unknown object as we know it: when we saw it first, and since when it is told of. */
export interface SeenObject {
  firstSeenAt: Date
  reportedAt: Date | null
}

/**
 * What was first seen before the cutoff can be nobody's who may still be writing: it is told of. The cutoff is the start of the
 * oldest run that was writing at any time of this look; null when none was.
 */
export function isToBeReported(seen: { firstSeenAt: Date }, oldestWriterAt: Date | null): boolean {
  return oldestWriterAt === null || seen.firstSeenAt < oldestWriterAt
}

/** Objects that were first seen before this may be removed when a person asks for it. */
export const removableBefore = (now: Date): Date => new Date(now.getTime() - dayMs)

/** Whether a person may have it removed: told of, and known to us for a day, whatever the store says of its age. */
export function isRemovable(seen: SeenObject, now: Date): boolean {
  return seen.reportedAt !== null && seen.firstSeenAt < removableBefore(now)
}
