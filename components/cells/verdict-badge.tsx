import { CircleHelp, ShieldCheck, ShieldX } from 'lucide-react'
import type { CheckVerdict } from '@/lib/contracts/backup'
import type { RestoreTestLevel } from '@/lib/contracts/schedule'
import { Badge } from '@/components/ui/badge'
import { verdictWords } from '@/lib/client/words/words'

const icons = { passed: ShieldCheck, failed: ShieldX, inconclusive: CircleHelp } as const

/** Green where a restore passed; a quick test reads every byte but restores nothing, so it is not proof. */
export function VerdictBadge({ verdict, level }: { verdict: CheckVerdict; level?: RestoreTestLevel }) {
  const Icon = icons[verdict]
  const { label, tone } = verdictWords[verdict]
  return (
    <Badge tone={verdict === 'passed' && level === 'quick' ? 'info' : tone} icon={<Icon aria-hidden />}>
      {label}
    </Badge>
  )
}
