import type { SourceStatus } from '@/lib/contracts/status'
import { Badge } from '@/components/ui/badge'
import { healthWords } from '@/lib/client/words'

/** Health in one word. It is green only where a restore has been shown to work; healthy without proof is blue. */
export function HealthBadge({ source }: { source: Pick<SourceStatus, 'health' | 'reasons' | 'lastProven'> }) {
  const { label, tone } = healthWords[source.health]
  const why = source.reasons.map((reason) => reason.message).join('\n')
  return (
    <Badge tone={tone === 'proven' && !source.lastProven ? 'info' : tone} title={why || undefined}>
      {label}
    </Badge>
  )
}
