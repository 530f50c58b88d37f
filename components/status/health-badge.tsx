import type { SourceStatus } from '@/lib/contracts/status'
import { isProvenToTheEnd } from '@/lib/core/health/proof'
import { Badge } from '@/components/ui/badge'
import { proofFactsOf } from '@/lib/client/proof'
import { healthWords } from '@/lib/client/words/words'

/** Health in one word. It is green only where the newest backup has been restored; healthy with a newer one is blue. */
export function HealthBadge({ source }: { source: Pick<SourceStatus, 'health' | 'reasons' | 'proof'> }) {
  const { label, tone } = healthWords[source.health]
  const why = source.reasons.map((reason) => reason.message).join('\n')
  const green = isProvenToTheEnd(proofFactsOf(source))
  return (
    <Badge tone={tone === 'proven' && !green ? 'info' : tone} title={why || undefined}>
      {label}
    </Badge>
  )
}
