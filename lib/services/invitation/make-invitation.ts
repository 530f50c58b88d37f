import { randomBytes } from 'node:crypto'
import type { Role } from '@/lib/contracts/common'
import type { Tx } from '@/lib/db/client'
import type { InvitationModel } from '@/lib/db/generated/models/Invitation'
import { toJson } from '@/lib/db/to-json'
import type { ServiceContext } from '../context'
import { tokenHash } from '../token/token-hash'

/** A link that was not followed by then is dead. */
export const invitationLastsMs = 7 * 24 * 3_600_000

/** Where links lead: shown to the administrator as their browser has it, and mailed with the public address alone. */
export interface Origins {
  origin: string
  mailOrigin: string | null
}

/** Writes an invitation; earlier links to the same address end with it. `userId`: whose password it sets anew. */
export async function makeInvitation(
  ctx: ServiceContext,
  tx: Tx,
  input: { email: string; name: string; role: Role; userId: string | null },
): Promise<{ row: InvitationModel; token: string }> {
  const now = ctx.clock.now()
  await tx.invitation.updateMany({
    where: { email: input.email, acceptedAt: null, revokedAt: null },
    data: { revokedAt: now },
  })
  const token = `hfi_${randomBytes(32).toString('base64url')}`
  const row = await tx.invitation.create({
    data: {
      ...input,
      tokenHash: tokenHash(token),
      invitedBy: toJson(ctx.actor),
      createdAt: now,
      expiresAt: new Date(now.getTime() + invitationLastsMs),
    },
  })
  return { row, token }
}

/** The token stands behind the `#`, which browsers send to no server: it is in no log and no referrer. */
export const invitationLink = (origin: string, token: string): string => `${origin}/invitation#${token}`
