import type { Approval } from '@/lib/contracts/access'
import type { Page, PageQuery } from '@/lib/contracts/common'
import { toApproval } from '@/lib/db/catalog/approval'
import type { ApprovalModel } from '@/lib/db/generated/models/Approval'
import { keysetPage } from '@/lib/db/keyset-page'
import type { ServiceContext } from '../context'
import { permit } from '../permit'

/** What was asked for, newest first. Administrators see everything; others what they asked for themselves. */
export async function listApprovals({
  ctx,
  input,
}: {
  ctx: ServiceContext
  input: PageQuery
}): Promise<Page<Approval>> {
  permit(ctx.actor, 'operator')
  const reader = 'id' in ctx.actor ? { id: ctx.actor.id } : {}
  const now = ctx.clock.now()
  const where = ctx.actor.role === 'admin' ? {} : { requestedBy: { path: ['id'], equals: reader.id ?? '' } }
  return keysetPage(
    input,
    (row: ApprovalModel) => toApproval(row, reader, now),
    (page) => ctx.db.approval.findMany({ where, orderBy: { id: 'desc' }, ...page }),
  )
}
