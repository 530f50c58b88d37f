import { verify } from 'node:crypto'
import { z } from 'zod'
import { canonicalJson } from '@/lib/core/evidence/canonical-json'
import { evidencePublicKey, exactBase64 } from '@/lib/vault/evidence-key'

/** The action of events that record a redaction; the trigger `audit_event_is_redacted` uses it too. */
export const redactAction = 'audit.redact'
const signatureBytes = 64

const digestSchema = z.string().regex(/^[0-9a-f]{64}$/)
const redactionSchema = z.object({
  /** The event that was redacted. */
  event: z.string().regex(/^\d{1,18}$/),
  /** Of what was first written there: what the chain's hash is over. */
  digestBefore: digestSchema,
  /** Of what is there now. */
  digestAfter: digestSchema,
  /** Dotted paths of the texts that were blanked. */
  fields: z.array(z.string()),
  /** Ed25519, with the instance's key for evidence: who writes to the catalog alone cannot make one. */
  signature: z.string(),
})
export type Redaction = z.infer<typeof redactionSchema>

type Statement = Pick<Redaction, 'event' | 'digestBefore' | 'digestAfter'>

/** The bytes that are signed. */
export const redactionStatement = ({ event, digestBefore, digestAfter }: Statement): Uint8Array =>
  Buffer.from(canonicalJson({ purpose: 'holdfast audit redaction', event, digestBefore, digestAfter }))

interface Recorded {
  id: bigint
  action: string
  detail: unknown
}

/** Redactions by the number of the event that they are about. */
export class Redactions {
  readonly #of = new Map<bigint, Redaction[]>()

  /** Public keys in base64: what none of them signed does not count. Null: signatures are not looked at. */
  constructor(private readonly publicKeys: ReadonlySet<string> | null) {}

  /** Takes an event that records a redaction; ignores all others. */
  add({ id, action, detail }: Recorded): void {
    if (action !== redactAction) return
    const { data } = redactionSchema.safeParse(detail)
    // What comes later in the log can be about what came before alone.
    if (!data || BigInt(data.event) >= id || !this.#isSigned(data)) return
    const event = BigInt(data.event)
    this.#of.set(event, [...(this.#of.get(event) ?? []), data])
  }

  /** The digest that an event had before it changed to `digestNow`; null when no redaction records that. */
  digestBefore(event: bigint, digestNow: string): string | null {
    return this.#of.get(event)?.find(({ digestAfter }) => digestAfter === digestNow)?.digestBefore ?? null
  }

  #isSigned(redaction: Redaction): boolean {
    if (this.publicKeys === null) return true
    const signature = exactBase64(redaction.signature, signatureBytes)
    return [...this.publicKeys].some((publicKey) => {
      const key = evidencePublicKey(publicKey)
      return key !== null && signature !== null && verify(null, redactionStatement(redaction), key, signature)
    })
  }
}
