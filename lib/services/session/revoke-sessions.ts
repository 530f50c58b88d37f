import type { Tx } from '@/lib/db/client'

/**
 * Ends every open session of a user, but for the one named, and forgets the browsers of the others; part of the caller's
 * transaction. Returns how many.
 */
export async function revokeSessions(tx: Tx, userId: string, now: Date, exceptId?: string): Promise<number> {
  await tx.knownDevice.deleteMany({ where: { userId, ...(exceptId ? { sessionId: { not: exceptId } } : {}) } })
  const { count } = await tx.session.updateMany({
    where: { userId, revokedAt: null, ...(exceptId ? { id: { not: exceptId } } : {}) },
    data: { revokedAt: now },
  })
  return count
}
