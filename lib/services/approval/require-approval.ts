import { createHash } from 'node:crypto'
import type { GuardedAction } from '@/lib/contracts/people/access'
import type { Actor } from '@/lib/contracts/common'
import { personOf } from '@/lib/core/access/person-of'
import { canonicalJson } from '@/lib/core/evidence/canonical-json'
import { HoldfastError } from '@/lib/core/holdfast-error'
import type { Tx } from '@/lib/db/client'
import { toJson } from '@/lib/db/to-json'
import { actorName } from '../actor-name'
import { recordAudit } from '../audit/record-audit'
import type { ServiceContext } from '../context'
import { readOperations } from '../operations/read-operations'
import { tellAdministrators } from './tell-administrators'

/** An approval that is not used by then is void. */
export const approvalLastsMs = 24 * 3_600_000

export interface Ask {
  action: GuardedAction
  subjectType: string
  subjectId: string
  /** One line for the administrator who decides: what is done to what. */
  summary: string
  /** What exactly is asked for; an approval is good for this and nothing else. Holds no secrets. */
  input?: Record<string, unknown>
}

/**
 * With four eyes: uses up another administrator's approval of exactly this, as part of the caller's transaction; without
 * one it asks for it, which stays although the caller's transaction is rolled back, and throws `approval-needed` (facts:
 * approvalId, expiresAt). Call it last before the change. Tokens need one too, or an administrator could create a token to
 * get around the other. A token that belongs to no person is refused (`token-without-person`), since the approver could be
 * the one who uses it. The worker carries out what was decided, and the command line has the catalog itself.
 */
export async function requireApproval(ctx: ServiceContext, tx: Tx, ask: Ask): Promise<void> {
  const { actor } = ctx
  if (actor.type === 'worker' || actor.type === 'cli') return
  const { access } = await readOperations(tx)
  if (!access.fourEyes) return
  if (personOf(actor) === null) throw tokenWithoutPerson(actor)
  const now = ctx.clock.now()
  const digest = createHash('sha256')
    .update(canonicalJson(toJson(ask.input ?? {})))
    .digest('hex')
  const same = {
    action: ask.action,
    subjectType: ask.subjectType,
    subjectId: ask.subjectId,
    input: { path: ['digest'], equals: digest },
    requestedBy: { path: ['id'], equals: actor.id },
    usedAt: null,
    expiresAt: { gt: now },
  }
  const approved = await tx.approval.findFirst({ where: { ...same, decision: 'approved' }, orderBy: { id: 'asc' } })
  if (approved) {
    const used = await tx.approval.updateMany({ where: { id: approved.id, usedAt: null }, data: { usedAt: now } })
    if (used.count === 1) return
  }
  const waiting =
    (await ctx.db.approval.findFirst({ where: { ...same, decision: null } })) ?? (await request(ctx, ask, digest, now))
  throw new HoldfastError('approval-needed', 'Another administrator has to agree to this; they have been asked.', {
    remedy: 'Do it again once they have agreed, under Settings, Approvals.',
    facts: { approvalId: waiting.id, expiresAt: waiting.expiresAt.toISOString() },
  })
}

/** With four eyes: this token belongs to nobody, so its user could be the approver. */
export function tokenWithoutPerson(actor: Actor): HoldfastError {
  const message = `With four eyes this needs two persons, and behind the token ${actorName(actor)} stands none.`
  return new HoldfastError('token-without-person', message, {
    remedy: 'Use a token that an administrator made while signed in, or one made by such a token.',
  })
}

function request(ctx: ServiceContext, ask: Ask, digest: string, now: Date) {
  return ctx.db.$transaction(async (tx) => {
    const row = await tx.approval.create({
      data: {
        action: ask.action,
        subjectType: ask.subjectType,
        subjectId: ask.subjectId,
        summary: ask.summary,
        input: toJson({ digest, asked: ask.input ?? {} }),
        requestedBy: toJson(ctx.actor),
        requestedAt: now,
        expiresAt: new Date(now.getTime() + approvalLastsMs),
      },
    })
    await recordAudit(tx, ctx.actor, {
      action: 'approval.request',
      subjectType: 'approval',
      subjectId: row.id,
      detail: { action: ask.action, summary: ask.summary },
    })
    await tellAdministrators(ctx, tx, {
      did: 'asks for an agreement',
      body: `${ask.summary}. Another administrator decides it under Settings, Approvals, until ${row.expiresAt.toISOString()}.`,
      facts: { approvalId: row.id, action: ask.action, subjectType: ask.subjectType, subjectId: ask.subjectId },
    })
    return row
  })
}
