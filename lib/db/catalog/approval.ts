import { actorSchema, type Actor } from '../../contracts/common'
import { guardedActionSchema, type Approval } from '@/lib/contracts/people/access'
import { personOf } from '../../core/access/person-of'
import type { ApprovalModel } from '../generated/models/Approval'
import { parseOrNull } from './parse-or-null'

/** The actor of a stored request or decision. */
export const storedActor = (value: unknown): Actor | null => parseOrNull(actorSchema, value)

function nameOf(value: unknown): string {
  const actor = storedActor(value)
  if (!actor) return 'unknown'
  return actor.type === 'user' ? actor.email : actor.type === 'token' ? `token ${actor.name}` : actor.type
}

function stateOf(row: ApprovalModel, now: Date): Approval['state'] {
  if (row.decision === 'refused') return 'refused'
  if (row.usedAt) return 'used'
  if (row.expiresAt <= now) return 'expired'
  return row.decision === 'approved' ? 'approved' : 'waiting'
}

/** An approval as `reader` sees it. */
export function toApproval(row: ApprovalModel, reader: Actor, now: Date): Approval {
  const requester = storedActor(row.requestedBy)
  return {
    id: row.id,
    action: guardedActionSchema.parse(row.action),
    summary: row.summary,
    requestedBy: nameOf(row.requestedBy),
    own: requester !== null && isSame(requester, reader),
    requestedAt: row.requestedAt.toISOString(),
    expiresAt: row.expiresAt.toISOString(),
    state: stateOf(row, now),
    decidedBy: row.decidedBy === null ? null : nameOf(row.decidedBy),
    decidedAt: row.decidedAt?.toISOString() ?? null,
  }
}

/** The same token, or the same person: in the browser, or behind a token. */
function isSame(requester: Actor, reader: Actor): boolean {
  const person = personOf(reader)
  return (
    ('id' in requester && 'id' in reader && requester.id === reader.id) ||
    (person !== null && personOf(requester) === person)
  )
}
