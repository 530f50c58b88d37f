import type { SourceStatus } from '@/lib/contracts/status'
import { formatDuration } from '@/lib/client/format/duration'
import { cn } from '@/lib/client/cn'

/** What would be lost now, and what was promised to be lost at most. Null means everything would be lost. */
export function ExposureCell({ source }: { source: Pick<SourceStatus, 'exposureMs' | 'rpoObjectiveMs'> }) {
  const { exposureMs, rpoObjectiveMs } = source
  const over = rpoObjectiveMs !== null && (exposureMs === null || exposureMs > rpoObjectiveMs)
  return (
    <span className="tabular block whitespace-nowrap">
      <span className={cn('block', (over || exposureMs === null) && 'font-medium text-bad')}>
        {exposureMs === null ? 'everything' : formatDuration(exposureMs)}
      </span>
      <span className="block text-xs text-ink-3">
        {rpoObjectiveMs === null ? 'no objective' : `${over ? 'over' : 'within'} ${formatDuration(rpoObjectiveMs)}`}
      </span>
    </span>
  )
}
