import type { Tx } from '@/lib/db/client'
import { failuresPerEmail, lockoutMs } from './limits'

/**
 * Counts what only someone close to the account can get wrong: the password asked for again in a session, and a code after
 * the right password. Too many lock the account for every browser that it does not know; survives restarts.
 */
export async function countFailure(tx: Tx, userId: string, now: Date): Promise<void> {
  const counted = await tx.user.update({ where: { id: userId }, data: { failedSignIns: { increment: 1 } } })
  if (counted.failedSignIns < failuresPerEmail) return
  const lockedUntil = new Date(now.getTime() + lockoutMs)
  await tx.user.update({ where: { id: userId }, data: { failedSignIns: 0, lockedUntil } })
}
