import type { Approval } from '@/lib/contracts/people/access'
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
  const { actor } = ctx
  const now = ctx.clock.now()
  const ownId = 'id' in actor ? actor.id : ''
  const where = actor.role === 'admin' ? {} : { requestedBy: { path: ['id'], equals: ownId } }
  return keysetPage(
    input,
    (row: ApprovalModel) => toApproval(row, actor, now),
    (page) => ctx.db.approval.findMany({ where, orderBy: { id: 'desc' }, ...page }),
  )
}
