import { Ban, CalendarX, CircleCheck, CircleX, Clock, LoaderCircle, TriangleAlert, Unplug } from 'lucide-react'
import type { JobState } from '@/lib/contracts/common'
import { Badge } from '@/components/ui/badge'
import { stateWords } from '@/lib/client/words/words'

const icons = {
  queued: Clock,
  running: LoaderCircle,
  succeeded: CircleCheck,
  partial: TriangleAlert,
  failed: CircleX,
  cancelled: Ban,
  interrupted: Unplug,
  missed: CalendarX,
} as const

export function StateBadge({ state }: { state: JobState }) {
  const Icon = icons[state]
  const { label, tone, means } = stateWords[state]
  return (
    <Badge tone={tone} title={means} icon={<Icon aria-hidden className={state === 'running' ? 'animate-spin' : ''} />}>
      {label}
    </Badge>
  )
}
