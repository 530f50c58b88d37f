import type { Invitation } from '@/lib/contracts/people/access'
import type { Page, PageQuery } from '@/lib/contracts/common'
import { toInvitation } from '@/lib/db/catalog/invitation'
import type { InvitationModel } from '@/lib/db/generated/models/Invitation'
import { keysetPage } from '@/lib/db/keyset-page'
import type { ServiceContext } from '../context'
import { permit } from '../permit'

/** Invitations and password links, newest first, ended ones included. */
export async function listInvitations({
  ctx,
  input,
}: {
  ctx: ServiceContext
  input: PageQuery
}): Promise<Page<Invitation>> {
  permit(ctx.actor, 'admin')
  const now = ctx.clock.now()
  return keysetPage(
    input,
    (row: InvitationModel) => toInvitation(row, now),
    (page) => ctx.db.invitation.findMany({ orderBy: { id: 'desc' }, ...page }),
  )
}
