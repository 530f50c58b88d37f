'use client'

import type { NextRuns as Preview, PlannedRun } from '@/lib/contracts/schedule'
import { TimeCell } from '@/components/cells/time-cell'
import { formatAbsolute } from '@/lib/client/format/time'
import { useViewerTimeZone } from '@/lib/client/hooks/use-viewer-time-zone'

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
      <PlannedRuns runs={later.map((at) => ({ at, note: null }))} timeZone={timeZone} />
    </details>
  )
}

/** Coming runs, each with what a change of the clocks or the window does to it. */
export function PlannedRuns({ runs, timeZone }: { runs: readonly PlannedRun[]; timeZone: string }) {
  const own = useViewerTimeZone()
  const foreign = timeZone !== own
  return (
    <ol className="tabular mt-1 space-y-0.5 text-xs text-ink-2">
      {runs.map(({ at, note }) => (
        <li key={at}>
          <time dateTime={at} className="whitespace-nowrap">
            {formatAbsolute(new Date(at), own)}
          </time>
          {foreign && <span className="whitespace-nowrap text-ink-3"> = {formatAbsolute(new Date(at), timeZone)}</span>}
          {note && <span className="block text-warn">{note}</span>}
        </li>
      ))}
    </ol>
  )
}

/** The next time the clocks are moved in the zone of the schedule. */
export function ClockChangeNote({ change, timeZone }: { change: Preview['clockChange']; timeZone: string }) {
  if (!change) return null
  return (
    <p className="mt-2 text-xs text-ink-3">
      On {formatAbsolute(new Date(change.at), timeZone)} {change.words}
    </p>
  )
}
