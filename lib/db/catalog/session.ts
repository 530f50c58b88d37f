import { signInMethodSchema, type SessionItem } from '@/lib/contracts/people/access'
import type { SessionModel } from '../generated/models/Session'

export type SessionRow = SessionModel & { user: { email: string } }

/** A session as its owner and administrators see it. `currentId` is the session that asks. */
export function toSession(row: SessionRow, currentId: string | undefined): SessionItem {
  return {
    id: row.id,
    userId: row.userId,
    email: row.user.email,
    current: row.id === currentId,
    userAgent: row.userAgent,
    address: row.address,
    method: signInMethodSchema.catch('password').parse(row.method),
    createdAt: row.createdAt.toISOString(),
    lastSeenAt: row.lastSeenAt.toISOString(),
    expiresAt: row.expiresAt.toISOString(),
  }
}
