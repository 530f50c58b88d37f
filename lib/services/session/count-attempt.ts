import type { Tx } from '@/lib/db/client'
import { lockoutMs } from './limits'

export interface AttemptKey {
  account: string
  place: string
}

interface Counted {
  failures: number
  /** Null when the attempt may go on, else the milliseconds until it may be tried again. */
  waitMs: number | null
}

/**
 * Counts an attempt in the catalog, for all web processes together. It counts from its start, so that many at once cannot
 * slip past the limit while their passwords are being checked, and until it is taken back. A count is forgotten fifteen
 * minutes after its last attempt, or after the one that reached the limit.
 */
export async function countAttempt(db: Tx, key: AttemptKey, limit: number, now: Date): Promise<Counted> {
  const until = new Date(now.getTime() + lockoutMs)
  const [row] = await db.$queryRaw<{ failures: number; until: Date }[]>`
    INSERT INTO sign_in_attempt AS a (id, account, place, failures, last_at, until)
    VALUES (${crypto.randomUUID()}::uuid, ${key.account}, ${key.place}, 1, ${now}, ${until})
    ON CONFLICT (account, place) DO UPDATE SET
      failures = CASE WHEN a.until <= ${now} THEN 1 ELSE LEAST(a.failures + 1, ${limit}::int + 1) END,
      until = CASE WHEN a.until > ${now} AND a.failures >= ${limit}::int THEN a.until ELSE ${until} END,
      last_at = ${now}
    RETURNING failures, until`
  if (!row) throw new Error('the attempt was not counted')
  return { failures: row.failures, waitMs: row.failures > limit ? row.until.getTime() - now.getTime() : null }
}

/** Takes back an attempt that turned out not to be a failure, and leaves the others counted. */
export async function takeBackAttempt(db: Tx, key: AttemptKey): Promise<void> {
  await db.signInAttempt.updateMany({ where: { ...key, failures: { gt: 0 } }, data: { failures: { decrement: 1 } } })
}

/** The count starts afresh. */
export async function forgetAttempts(db: Tx, key: AttemptKey): Promise<void> {
  await db.signInAttempt.deleteMany({ where: key })
}

/** Removes expired counts; otherwise an attacker who tries a new name every time could fill the table. */
export async function sweepAttempts(db: Tx, now: Date): Promise<void> {
  await db.signInAttempt.deleteMany({ where: { until: { lte: now } } })
}

/** The account has a new password, so what was counted against the old one says nothing. */
export async function forgetAccount(db: Tx, email: string): Promise<void> {
  await db.signInAttempt.deleteMany({ where: { account: email } })
}
