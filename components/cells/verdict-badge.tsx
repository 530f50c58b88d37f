import { CircleHelp, ShieldCheck, ShieldX } from 'lucide-react'
import type { CheckVerdict } from '@/lib/contracts/backup'
import { Badge } from '@/components/ui/badge'
import { verdictWords } from '@/lib/client/words'

const icons = { passed: ShieldCheck, failed: ShieldX, inconclusive: CircleHelp } as const

export function VerdictBadge({ verdict }: { verdict: CheckVerdict }) {
  const Icon = icons[verdict]
  const { label, tone } = verdictWords[verdict]
  return (
    <Badge tone={tone} icon={<Icon aria-hidden />}>
      {label}
    </Badge>
  )
}
