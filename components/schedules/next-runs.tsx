'use client'

import { TimeCell } from '@/components/cells/time-cell'
import { formatAbsolute } from '@/lib/client/format/time'
import { useViewerTimeZone } from '@/lib/client/use-viewer-time-zone'

/** The next run, with those after it on demand, in the viewer's zone and, where it differs, in the schedule's own. */
export function NextRuns({ runs, timeZone }: { runs: readonly string[]; timeZone: string }) {
  const [first, ...later] = runs
  if (!first) return <span className="text-ink-3">none</span>
  if (later.length === 0) return <TimeCell at={first} />
  return (
    <details>
      <summary className="list-none [&::-webkit-details-marker]:hidden">
        <TimeCell at={first} />
        <span className="text-xs text-accent">and {later.length} more</span>
      </summary>
      <RunList runs={later} timeZone={timeZone} />
    </details>
  )
}

export function RunList({ runs, timeZone }: { runs: readonly string[]; timeZone: string }) {
  const foreign = timeZone !== useViewerTimeZone()
  return (
    <ol className="tabular mt-1 space-y-0.5 text-xs text-ink-2">
      {runs.map((run) => (
        <li key={run} className="whitespace-nowrap">
          <time dateTime={run}>{formatAbsolute(new Date(run))}</time>
          {foreign && <span className="text-ink-3"> = {formatAbsolute(new Date(run), timeZone)}</span>}
        </li>
      ))}
    </ol>
  )
}
