import type { AuditHead } from '@/lib/contracts/audit'
import { HoldfastError } from '@/lib/core/holdfast-error'
import type { Tx } from '@/lib/db/client'
import { verifyEvidence } from '@/lib/vault/verify-evidence'

/** The end of the chain as a signed document of that time has it. */
export interface Anchor extends AuditHead {
  at: string
  /** Where it is written, for people. */
  where: string
}

const mostAnchors = 500

/**
 * What signed evidence says about the log: each restore test's document has the chain's end of its time. Documents whose
 * signature is none of this instance's are left out; `verify-evidence` reports them.
 */
export async function signedAnchors(tx: Tx, trusted: ReadonlySet<string>): Promise<Anchor[]> {
  const rows = await tx.restoreTest.findMany({
    where: { signedEvidence: { not: null } },
    orderBy: [{ startedAt: 'desc' }, { id: 'desc' }],
    select: { id: true, signedEvidence: true },
    take: mostAnchors,
  })
  return rows.flatMap(({ id, signedEvidence }) => {
    try {
      const document = verifyEvidence(signedEvidence ?? '')
      const head = trusted.has(document.signing.publicKey) ? document.auditHead : undefined
      return head ? [{ ...head, at: document.finishedAt, where: `the evidence of restore test ${id}` }] : []
    } catch (error) {
      if (error instanceof HoldfastError) return []
      throw error
    }
  })
}
