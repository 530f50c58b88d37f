import type { Approval, DecideApproval } from '@/lib/contracts/people/access'
import type { Actor } from '@/lib/contracts/common'
import { personOf } from '@/lib/core/access/person-of'
import { HoldfastError } from '@/lib/core/holdfast-error'
import type { Tx } from '@/lib/db/client'
import { storedActor, toApproval } from '@/lib/db/catalog/approval'
import { toJson } from '@/lib/db/to-json'
import { actorName } from '../actor-name'
import { recordAudit } from '../audit/record-audit'
import type { ServiceContext } from '../context'
import { found } from '../not-found'
import { permit } from '../permit'
import { requirePerson } from '../person'
import { requireStepUp } from '../step-up/require-step-up'
import { tokenWithoutPerson } from './require-approval'
import { tellAdministrators } from './tell-administrators'

/**
 * An administrator agrees to what another asked for, or refuses it. Agreeing needs step-up. Throws `approval-own` for
 * one's own request or that of a token that goes back to oneself, `token-without-person` for one that goes back to nobody,
 * `approval-decided`, `approval-expired`, and `needs-person`: a second pair of eyes is a person's.
 */
export async function decideApproval({
  ctx,
  input,
}: {
  ctx: ServiceContext
  input: { id: string } & DecideApproval
}): Promise<Approval> {
  permit(ctx.actor, 'admin')
  const { id, decision } = input
  const row = found(await ctx.db.approval.findUnique({ where: { id } }), 'approval')
  const decider = requirePerson(ctx.actor)
  const now = ctx.clock.now()
  const asked = storedActor(row.requestedBy)
  const asker = asked && (await personBehind(ctx.db, asked))
  if (asked?.type === 'token' && asker === null) throw tokenWithoutPerson(asked)
  if (asker === null || asker === decider.id) {
    throw new HoldfastError('approval-own', 'You asked for this yourself; another administrator has to decide.')
  }
  if (decision === 'approved') await requireStepUp(ctx)
  return ctx.db.$transaction(async (tx) => {
    const decided = await tx.approval.updateMany({
      where: { id, decision: null, expiresAt: { gt: now } },
      data: { decision, decidedAt: now, decidedBy: toJson(ctx.actor) },
    })
    if (decided.count === 0) throw row.expiresAt <= now ? expired() : alreadyDecided()
    await recordAudit(tx, ctx.actor, {
      action: decision === 'approved' ? 'approval.approve' : 'approval.refuse',
      subjectType: 'approval',
      subjectId: id,
      detail: { action: row.action, summary: row.summary },
    })
    const from = asked ? ` ${actorName(asked)} asked for it.` : ''
    await tellAdministrators(ctx, tx, {
      did: decision === 'approved' ? 'agreed to a guarded change' : 'refused a guarded change',
      body: `${row.summary}.${from}`,
      facts: { approvalId: id, action: row.action, subjectType: row.subjectType, subjectId: row.subjectId, decision },
    })
    return toApproval(await tx.approval.findUniqueOrThrow({ where: { id } }), ctx.actor, now)
  })
}

/** Requests from before tokens named their person do not have it; the token's row does. */
async function personBehind(tx: Tx, asked: Actor): Promise<string | null> {
  const named = personOf(asked)
  if (named !== null || asked.type !== 'token') return named
  const token = await tx.apiToken.findUnique({ where: { id: asked.id }, select: { createdByUserId: true } })
  return token?.createdByUserId ?? null
}

const alreadyDecided = () => new HoldfastError('approval-decided', 'This was decided already.')
const expired = () =>
  new HoldfastError('approval-expired', 'Nobody decided within a day; the request is void.', {
    remedy: 'Request the change again if it is still wanted.',
  })
