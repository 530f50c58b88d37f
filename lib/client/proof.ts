import type { SourceStatus } from '@/lib/contracts/status'
import { badness } from '@/lib/core/health/source-health'
import { isProvenToTheEnd, type ProofFacts } from '@/lib/core/health/proof'
import type { Tone } from '@/lib/client/words/words'

/** The proof of a source as the words of lib/core take it. */
export const proofFactsOf = ({ proof }: Pick<SourceStatus, 'proof'>): ProofFacts => ({
  provenUpTo: proof.newestProven?.startedAt ?? null,
  newer: proof.newer,
  except: proof.newestProven?.except ?? [],
})

/** Green for the newest backup proven and nothing after it; what failed or broke since is never only a colour. */
export function proofTone(facts: ProofFacts): Tone {
  if (isProvenToTheEnd(facts)) return 'proven'
  const { broken, failed, missed, untested } = facts.newer
  if (broken > 0 || (facts.provenUpTo === null && untested === 0 && failed + missed > 0)) return 'bad'
  if (failed + missed > 0) return 'warn'
  return facts.provenUpTo ? 'info' : 'neutral'
}

/** What is worst about a source, in words; null when nothing is. */
export function worstReason({ reasons }: Pick<SourceStatus, 'reasons'>): string | null {
  return [...reasons].sort((a, b) => badness(b.level) - badness(a.level))[0]?.message ?? null
}
