import { tokenFindings } from '@/lib/core/health/expiry-findings'
import type { ServiceContext } from '../context'
import { readOperations } from '../operations/read-operations'
import { updateIncidents } from './update-incidents'

/** Reports API tokens that expire soon or have expired, until they are revoked. */
export async function watchTokens(args: { ctx: Pick<ServiceContext, 'db'>; now: Date }): Promise<void> {
  const { db } = args.ctx
  const { now } = args
  const { watch } = await readOperations(db)
  const tokens = await db.apiToken.findMany({ where: { revokedAt: null, expiresAt: { not: null } } })
  const found = tokens.flatMap((token) =>
    tokenFindings(token, watch.tokenDays, now).map((finding) => ({ subjectId: token.id, sourceId: null, finding })),
  )
  await updateIncidents(db, { events: ['key-expiring'], found, now })
}
