import { roleSchema, type Actor } from '@/lib/contracts/common'
import type { SignInMethod } from '@/lib/contracts/people/access'
import type { Tx } from '@/lib/db/client'
import type { UserModel } from '@/lib/db/generated/models/User'
import { recordAudit } from '../audit/record-audit'
import { sessionMaxMs } from './limits'

/** Where a sign-in comes from, as far as it is known. */
export interface Visitor {
  address: string | null
  userAgent: string | null
}

/**
 * Opens a session and records it; part of the caller's transaction. `stepUpAt` is set only where the person has shown
 * at this very moment who they are in a way that a stolen session could not.
 */
export async function openSession(
  tx: Tx,
  user: UserModel,
  input: Visitor & { method: SignInMethod; now: Date; stepUpAt?: Date | null },
): Promise<{ userId: string; sessionId: string }> {
  const { now, method } = input
  const session = await tx.session.create({
    data: {
      userId: user.id,
      createdAt: now,
      lastSeenAt: now,
      expiresAt: new Date(now.getTime() + sessionMaxMs),
      userAgent: input.userAgent?.slice(0, 300) ?? null,
      address: input.address,
      method,
      stepUpAt: input.stepUpAt ?? null,
    },
  })
  const actor: Actor = {
    type: 'user',
    id: user.id,
    email: user.email,
    role: roleSchema.parse(user.role),
    sessionId: session.id,
  }
  const event = { action: 'session.sign-in', subjectType: 'session', subjectId: session.id }
  await recordAudit(tx, actor, { ...event, detail: { address: input.address, method } })
  return { userId: user.id, sessionId: session.id }
}
