/** What is known of what a source would lose now. Times are by its server's clock. */
export interface ExposureFacts {
  /** The oldest commit that is not stored; null: there is none, as far as the follower knows. */
  oldestUnstoredCommitAt: Date | null
  /** The follower is connected, so that it hears of commits. */
  isConnected: boolean
  /** The last moment at which the follower knew that everything was stored; null: it never did. */
  clearAt: Date | null
}

/**
 * Milliseconds of work that would be lost if the server were lost now: from the oldest commit that is not stored until now. Without a
 * connection nobody knows of commits, and there may be one right after the moment at which everything was known to be stored. Null when
 * nothing is known. An idle server has none, however long ago its last commit was.
 */
export function exposureMs({ oldestUnstoredCommitAt, isConnected, clearAt }: ExposureFacts, now: Date): number | null {
  if (isConnected) return oldestUnstoredCommitAt ? since(oldestUnstoredCommitAt, now) : 0
  const known = [oldestUnstoredCommitAt, clearAt].filter((time) => time !== null).map((time) => since(time, now))
  return known.length > 0 ? Math.max(...known) : null
}

/** Two clocks may differ: what is in the future is no exposure. */
const since = (time: Date, now: Date): number => Math.max(0, now.getTime() - time.getTime())
