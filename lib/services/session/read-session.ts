import { roleSchema, type Actor } from '@/lib/contracts/common'
import type { ServiceContext } from '../context'
import { sessionIdleMs, sessionTouchMs } from './limits'

/**
 * The user of a session, or null when it does not exist, was revoked, expired (7 days, or 12 hours without use) or its
 * user was disabled. The role is the user's present one. Counts as use.
 */
export async function readSession({
  ctx,
  input,
}: {
  ctx: Pick<ServiceContext, 'db' | 'clock'>
  input: { sessionId: string }
}): Promise<Extract<Actor, { type: 'user' }> | null> {
  const session = await ctx.db.session.findUnique({ where: { id: input.sessionId }, include: { user: true } })
  if (!session || session.revokedAt || session.user.disabledAt) return null
  const now = ctx.clock.now()
  const unusedMs = now.getTime() - session.lastSeenAt.getTime()
  if (session.expiresAt <= now || unusedMs > sessionIdleMs) return null
  if (unusedMs > sessionTouchMs) {
    await ctx.db.session.updateMany({ where: { id: session.id, revokedAt: null }, data: { lastSeenAt: now } })
  }
  return {
    type: 'user',
    id: session.userId,
    email: session.user.email,
    role: roleSchema.parse(session.user.role),
    sessionId: session.id,
  }
}
