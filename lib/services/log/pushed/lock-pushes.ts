import type { Db } from '@/lib/db/client'

/** Apart from the keys of other advisory locks in the catalog's database. */
const family = 728_012
/** Longer than a file may take to be stored. */
const timeoutMs = 6 * 60_000
const maxWaitMs = 60_000

/**
 * Does the work while nobody else stores log that the server of this source hands in, in any process: an object that lies there without
 * being recorded was then left by an attempt that has ended. Waits for its turn.
 */
export function lockPushes<T>(db: Db, sourceId: string, work: () => Promise<T>): Promise<T> {
  return db.$transaction(
    async (tx) => {
      await tx.$queryRaw`SELECT pg_advisory_xact_lock(hashtextextended(${sourceId}, ${family}))::text`
      return work()
    },
    { timeout: timeoutMs, maxWait: maxWaitMs },
  )
}
