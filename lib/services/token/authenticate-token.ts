import type { Actor } from '@/lib/contracts/common'
import { tokenScopeSchema } from '@/lib/contracts/people/token-scope'
import { roleNow, withMaker } from '@/lib/db/catalog/token'
import type { ServiceContext } from '../context'
import { tokenHash } from './token-hash'

const touchMs = 60_000

/**
 * The actor of a bearer token; null when it is unknown, revoked or expired, or when the person it goes back to is
 * disabled. It may do no more than that person may at this moment. Use is noted at most once a minute.
 */
export async function authenticateToken({
  ctx,
  input,
}: {
  ctx: Pick<ServiceContext, 'db' | 'clock'>
  input: { token: string }
}): Promise<Extract<Actor, { type: 'token' }> | null> {
  const row = await ctx.db.apiToken.findUnique({
    where: { tokenHash: tokenHash(input.token) },
    include: withMaker,
  })
  const now = ctx.clock.now()
  if (!row || row.revokedAt || (row.expiresAt && row.expiresAt <= now)) return null
  const role = roleNow(row)
  if (role === null) return null
  if (!row.lastUsedAt || now.getTime() - row.lastUsedAt.getTime() > touchMs) {
    await ctx.db.apiToken.updateMany({ where: { id: row.id }, data: { lastUsedAt: now } })
  }
  return {
    type: 'token',
    id: row.id,
    name: row.name,
    role,
    ...(row.createdByUserId === null ? {} : { userId: row.createdByUserId }),
    // A list that was given stays a list, also when nothing of it is known any more: an empty one allows nothing.
    ...(row.scopes.length === 0
      ? {}
      : { scopes: row.scopes.flatMap((scope) => tokenScopeSchema.safeParse(scope).data ?? []) }),
    ...(row.sourceIds.length === 0 ? {} : { sourceIds: row.sourceIds }),
  }
}
