import { toJson } from '../../db/to-json'
import type { Tx } from '../../db/client'
import type { Actor, Anonymous } from '../../contracts/common'
import { auditDigest } from './audit-digest'
import { storableJson } from './storable-json'

/**
 * Records a change; call it inside the change's transaction, anywhere in it. `detail` never holds secrets. The event
 * gets its number and its place in the hash chain when the transaction commits, and is visible from then on.
 */
export async function recordAudit(
  tx: Tx,
  actor: Actor | Anonymous,
  event: { action: string; subjectType: string; subjectId?: string; detail?: Record<string, unknown> },
): Promise<void> {
  const content = {
    actor: storableJson(withoutLimits(actor)),
    action: event.action,
    subjectType: event.subjectType,
    subjectId: event.subjectId ?? null,
    detail: storableJson(event.detail ?? {}),
  }
  await tx.auditIntake.create({
    data: {
      ...content,
      actor: toJson(content.actor),
      detail: toJson(content.detail),
      digest: auditDigest(content),
    },
  })
}

/** Who it was; what a token was limited to is in the event of its creation. */
function withoutLimits(actor: Actor | Anonymous): Actor | Anonymous {
  if (actor.type !== 'token') return actor
  const { type, id, name, role, userId } = actor
  return { type, id, name, role, ...(userId === undefined ? {} : { userId }) }
}
