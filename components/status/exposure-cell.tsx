import type { SourceStatus } from '@/lib/contracts/status'
import { formatDuration } from '@/lib/client/format/duration'
import { cn } from '@/lib/client/cn'

type Exposed = Pick<SourceStatus, 'exposureMs' | 'provenExposureMs' | 'rpoObjectiveMs'>

/**
 * What would be lost now, counted from the newest proven backup; beside it what it comes to if a newer backup that nobody
 * has tested restores, and what was promised at most. Null means everything would be lost.
 */
export function ExposureCell({ source }: { source: Exposed }) {
  const { exposureMs, provenExposureMs, rpoObjectiveMs } = source
  const over = rpoObjectiveMs !== null && (provenExposureMs === null || provenExposureMs > rpoObjectiveMs)
  const newer = exposureMs !== null && exposureMs !== provenExposureMs
  return (
    <span className="tabular block">
      <span className={cn('block whitespace-nowrap', over && 'font-medium text-bad')}>
        {provenExposureMs === null ? 'everything' : formatDuration(provenExposureMs)}
      </span>
      {newer && <span className="block text-xs text-ink-3">{formatDuration(exposureMs)} if the newest restores</span>}
      <span className="block text-xs text-ink-3">
        {rpoObjectiveMs === null ? 'no objective' : `${over ? 'over' : 'within'} ${formatDuration(rpoObjectiveMs)}`}
      </span>
    </span>
  )
}
