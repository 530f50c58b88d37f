import type { RecoveryState as State } from '@/lib/contracts/recovery/recoveries'
import { Badge } from '@/components/ui/badge'
import { recoveryStateWords } from '@/lib/client/words/recovery-words'

/** In a word and a colour; with `means` in a sentence, too. */
export function RecoveryState({ state, means = false }: { state: State; means?: boolean }) {
  const words = recoveryStateWords[state]
  return (
    <span className="flex flex-wrap items-center gap-x-2 gap-y-1" data-recovery={state}>
      <Badge tone={words.tone} title={words.means}>
        {words.label}
      </Badge>
      {means && <span className="text-ink-2">{words.means}</span>}
    </span>
  )
}
