import type { AuditFault, AuditHead } from '@/lib/contracts/audit'
import { auditDigest, auditLink, type AuditContent } from './audit-digest'
import { Redactions } from './redactions'

/** An event as it is stored or was exported. */
export interface ChainedEvent extends AuditContent {
  id: bigint
  at: Date
  hash: string | null
}

/**
 * Reads events in the order of their numbers and reports the first that does not follow from the one before. `start` is
 * what the first is chained to; without it (a part of the log) the first event is taken as given. A redacted event follows
 * when one of `redactions` records it, with exactly the content that is there now.
 */
export class ChainChecker {
  verified = 0
  /** Of these, those whose texts were blanked afterwards. */
  redacted = 0
  #last: { id: bigint; hash: string } | null

  constructor(
    start: AuditHead | null,
    private readonly redactions: Redactions = new Redactions(null),
  ) {
    this.#last = start ? { id: BigInt(start.lastId), hash: start.hash } : null
  }

  /** Where the chain has come to; null before the first event of a part. */
  get last(): { id: bigint; hash: string } | null {
    return this.#last
  }

  take(event: ChainedEvent): AuditFault | null {
    const id = event.id.toString()
    if (event.hash === null) {
      return { kind: 'foreign', id, message: `Event ${id} was not written through the chain: it has no hash.` }
    }
    const before = this.#last
    if (before && event.id !== before.id + 1n) {
      const next = before.id + 1n
      const upTo = event.id - 1n
      if (upTo < next) return { kind: 'foreign', id, message: `Event ${id} comes after event ${before.id}.` }
      const gone = next === upTo ? `Event ${next} is missing.` : `Events ${next} to ${upTo} are missing.`
      return { kind: 'missing', id: next.toString(), message: gone }
    }
    const digest = auditDigest(event)
    const written = this.redactions.digestBefore(event.id, digest)
    const follows = (was: string) => !before || auditLink(before.hash, { ...event, digest: was }) === event.hash
    if (written !== null && follows(written)) this.redacted += 1
    else if (!follows(digest)) {
      return {
        kind: 'changed',
        id,
        message: `Event ${id} (${event.action}, ${event.at.toISOString()}) is not as it was written: it, or the hash of it or of the one before, was changed.`,
      }
    }
    this.#last = { id: event.id, hash: event.hash }
    this.verified += 1
    return null
  }
}
