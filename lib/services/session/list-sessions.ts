import type { Page, PageQuery } from '@/lib/contracts/common'
import type { SessionItem } from '@/lib/contracts/people/access'
import { toSession, type SessionRow } from '@/lib/db/catalog/session'
import { keysetPage } from '@/lib/db/keyset-page'
import type { ServiceContext } from '../context'
import { permit } from '../permit'
import { sessionIdleMs } from './limits'

/** The open sessions of the person who asks, newest first; none for a token, which has no sessions. */
export async function listOwnSessions({
  ctx,
  input,
}: {
  ctx: ServiceContext
  input: PageQuery
}): Promise<Page<SessionItem>> {
  if (ctx.actor.type !== 'user') return { items: [], nextCursor: null }
  return list(ctx, input, ctx.actor.id)
}

/** Everybody's open sessions, or one user's. */
export async function listSessions({
  ctx,
  input,
}: {
  ctx: ServiceContext
  input: PageQuery & { userId?: string | undefined }
}): Promise<Page<SessionItem>> {
  permit(ctx.actor, 'admin')
  return list(ctx, input, input.userId)
}

function list(ctx: ServiceContext, query: PageQuery, userId: string | undefined): Promise<Page<SessionItem>> {
  const now = ctx.clock.now()
  const own = ctx.actor.type === 'user' ? ctx.actor.sessionId : undefined
  return keysetPage(
    query,
    (row: SessionRow) => toSession(row, own),
    (page) =>
      ctx.db.session.findMany({
        where: {
          ...(userId === undefined ? {} : { userId }),
          revokedAt: null,
          expiresAt: { gt: now },
          lastSeenAt: { gte: new Date(now.getTime() - sessionIdleMs) },
          user: { disabledAt: null },
        },
        include: { user: { select: { email: true } } },
        orderBy: { id: 'desc' },
        ...page,
      }),
  )
}
