import { createHash } from 'node:crypto'
import { canonicalJson } from '@/lib/core/evidence/canonical-json'

/** What an event says; who seals it adds number and time. */
export interface AuditContent {
  actor: unknown
  action: string
  subjectType: string
  subjectId: string | null
  detail: unknown
}

const sha256 = (text: string): string => createHash('sha256').update(text, 'utf8').digest('hex')

/** SHA-256 of the event's RFC 8785 text. The same before it is stored and after it is read back from JSON columns. */
export function auditDigest({ actor, action, subjectType, subjectId, detail }: AuditContent): string {
  return sha256(canonicalJson({ action, actor, detail, subjectId, subjectType }))
}

/** What the first event is chained to. */
export const genesisHash = (genesis: string): string => sha256(genesis)

/** The hash of an event: over the one before, its number, its time and what it says. As the trigger `audit_seal` does. */
export function auditLink(before: string, event: { id: bigint | string; at: Date; digest: string }): string {
  return sha256(`${before}:${event.id}:${event.at.toISOString()}:${event.digest}`)
}
