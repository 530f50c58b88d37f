import type { Tx } from '@/lib/db/client'
import { failuresPerEmail, lockoutMs } from './limits'

/** Counts a wrong password or code of a user, and locks them after too many; survives restarts. */
export async function countFailure(tx: Tx, userId: string, now: Date): Promise<void> {
  const counted = await tx.user.update({ where: { id: userId }, data: { failedSignIns: { increment: 1 } } })
  if (counted.failedSignIns < failuresPerEmail) return
  const lockedUntil = new Date(now.getTime() + lockoutMs)
  await tx.user.update({ where: { id: userId }, data: { failedSignIns: 0, lockedUntil } })
}
