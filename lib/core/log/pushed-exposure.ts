/** How far a server had written at a moment of its clock. */
export interface ServerMoment {
  order: bigint
  at: Date
  /** The same at two moments: nothing was committed between them. Null: nobody knows. */
  idleMark: string | null
}

/** What is known of log that comes a segment at a time. */
export interface PushedLogState {
  /** The newest moment at which everything was stored, or known to be without a commit, or of the first look; null: before it. */
  clear: Pick<ServerMoment, 'at' | 'idleMark'> | null
  /** Later moments, oldest first: the last one within each segment. */
  moments: ServerMoment[]
}

export interface PushedExposure {
  /** From then on there may be a commit that is not stored; null: every commit is. */
  unstoredSince: Date | null
  /** No commit up to then is missing; null: nobody knows. */
  coveredUntil: Date | null
}

/**
 * Takes note of a moment. `stored`: everything before this place is stored, which is the end of a segment; null: nothing is. Commits
 * themselves are not seen: one may have followed right after the newest moment whose log is stored whole.
 */
export function noteMoment(
  state: PushedLogState,
  now: ServerMoment,
  { stored, segmentBytes }: { stored: bigint | null; segmentBytes: number },
): PushedLogState & PushedExposure {
  const segmentOf = ({ order }: ServerMoment) => (order - 1n) / BigInt(segmentBytes)
  const earlier = state.moments.at(-1)
  const kept = earlier && segmentOf(earlier) === segmentOf(now) ? state.moments.slice(0, -1) : state.moments
  const all = [...kept, now]
  const isStored = ({ order }: ServerMoment) => stored !== null && order <= stored
  const newestStored = all.findLastIndex(isStored)
  // Of what was before the first look nobody knows anything.
  const clear = all[newestStored] ?? state.clear ?? { at: now.at, idleMark: null }
  const moments = all.slice(newestStored + 1)
  const isIdle = clear.idleMark !== null && clear.idleMark === now.idleMark
  if (isIdle) return { clear: now, moments, unstoredSince: null, coveredUntil: now.at }
  return {
    clear,
    moments,
    unstoredSince: moments.length === 0 ? null : clear.at,
    // Where a transaction may be about to end, its commit may count from a moment before.
    coveredUntil: clear.idleMark === null ? null : clear.at,
  }
}
