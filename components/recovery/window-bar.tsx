'use client'

import { useState } from 'react'
import type { LogGap, RecoveryWindow } from '@/lib/contracts/recovery/continuous'
import { ChartKey } from '@/components/charts/byte-chart'
import { cn } from '@/lib/client/cn'
import { formatPoint } from '@/lib/client/format/time'
import { useNow } from '@/lib/client/hooks/use-now'
import { useViewerTimeZone } from '@/lib/client/hooks/use-viewer-time-zone'
import { layOutBar, type BarPart, type BarRow } from './bar-layout'
import { partWords } from './part-words'

interface WindowBarProps {
  windows: readonly RecoveryWindow[]
  gaps: readonly LogGap[]
  isFollowed: boolean
}

/** Hatched, so that a gap is told from a window without its colour. */
const hatched =
  'bg-[repeating-linear-gradient(135deg,var(--bad-fill)_0_3px,var(--bad-soft)_3px_7px)] border border-bad/50'

/** Windows on an axis from the first known time to now; what stands nowhere can be recovered to from nowhere. */
export function WindowBar({ windows, gaps, isFollowed }: WindowBarProps) {
  const now = useNow()
  const zone = useViewerTimeZone()
  const [pointed, setPointed] = useState<string | null>(null)
  const layout = layOutBar({ windows, gaps }, now)
  if (!layout) return null
  const middle = layout.from + (layout.to - layout.from) / 2
  const words = (part: BarPart) => partWords(part, isFollowed, zone)
  return (
    <figure aria-label="Windows and gaps on a time axis">
      <div className="space-y-1.5">
        {layout.rows.map((row) => (
          <TimelineRow key={row.timeline} row={row} named={layout.rows.length > 1} words={words} onPoint={setPointed} />
        ))}
      </div>
      <div className="tabular mt-1 flex justify-between gap-2 text-xs text-ink-3" aria-hidden>
        <span>{formatPoint(new Date(layout.from), now, zone)}</span>
        <span className="max-sm:hidden">{formatPoint(new Date(middle), now, zone)}</span>
        <span>now</span>
      </div>
      <figcaption className="mt-2 space-y-2 text-xs text-ink-3">
        <span className="flex flex-wrap gap-x-4 gap-y-1">
          <ChartKey mark="h-2.5 rounded-sm bg-proven-fill">every point can be recovered to</ChartKey>
          <ChartKey mark={cn('h-2.5 rounded-sm', hatched)}>gap in the log</ChartKey>
          <ChartKey mark="h-2.5 rounded-sm bg-muted">not stored, or no base backup leads there</ChartKey>
        </span>
        <span className="block min-h-10 text-[0.8125rem] text-ink-2 sm:min-h-5" data-pointed>
          {pointed ?? 'Point to a part, or go there with the Tab key, for its times and its reason.'}
        </span>
      </figcaption>
    </figure>
  )
}

interface TimelineRowProps {
  row: BarRow
  named: boolean
  words: (part: BarPart) => string
  onPoint: (words: string | null) => void
}

function TimelineRow({ row: { timeline, parts }, named, words, onPoint }: TimelineRowProps) {
  return (
    <div className="sm:flex sm:items-center sm:gap-3">
      {named && <p className="tabular shrink-0 text-xs text-ink-2 sm:w-24">Timeline {timeline}</p>}
      <ul
        className="relative h-6 w-full min-w-0 overflow-hidden rounded bg-muted"
        aria-label={`Timeline ${timeline}`}
        onMouseLeave={() => onPoint(null)}
      >
        {parts.map((part) => {
          const said = words(part)
          const point = () => onPoint(said)
          return (
            <li
              key={`${part.kind} ${part.of.fromPosition}`}
              className="absolute inset-y-0 min-w-1"
              style={{ left: `min(${part.left}%, 100% - 4px)`, width: `${part.width}%` }}
            >
              <button
                type="button"
                data-part={part.kind}
                aria-label={said}
                onFocus={point}
                onMouseEnter={point}
                onClick={point}
                className={cn(
                  'block size-full rounded-sm focus-visible:outline-offset-[-2px]',
                  part.kind === 'gap' ? hatched : 'bg-proven-fill',
                )}
              />
            </li>
          )
        })}
      </ul>
    </div>
  )
}
