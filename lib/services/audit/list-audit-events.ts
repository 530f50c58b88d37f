import type { AuditEvent, AuditFilter } from '@/lib/contracts/audit'
import type { Page, PageQuery } from '@/lib/contracts/common'
import { HoldfastError } from '@/lib/core/holdfast-error'
import { toAuditEvent } from '@/lib/db/catalog/audit-event'
import type { ServiceContext } from '../context'
import { permit } from '../permit'
import { auditWhere } from './audit-where'

/** The audit log, newest first. The cursor is the last event's number. Throws `cursor-invalid`. */
export async function listAuditEvents({
  ctx,
  input,
}: {
  ctx: ServiceContext
  input: AuditFilter & PageQuery
}): Promise<Page<AuditEvent>> {
  permit(ctx.actor, 'admin')
  const { limit, cursor, ...filter } = input
  if (cursor !== undefined && !/^\d{1,18}$/.test(cursor)) {
    throw new HoldfastError('cursor-invalid', 'This page address is not valid.', {
      remedy: 'Start again from the first page.',
    })
  }
  const rows = await ctx.db.auditEvent.findMany({
    where: { ...auditWhere(filter), ...(cursor === undefined ? {} : { id: { lt: BigInt(cursor) } }) },
    orderBy: { id: 'desc' },
    take: limit + 1,
  })
  const items = rows.slice(0, limit).map(toAuditEvent)
  return { items, nextCursor: rows.length > limit ? (items.at(-1)?.id ?? null) : null }
}
