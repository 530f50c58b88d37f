'use client'

import { formatAbsolute, formatExact, formatRelative } from '@/lib/client/format/time'
import { useNow } from '@/lib/client/hooks/use-now'
import { useViewerTimeZone } from '@/lib/client/hooks/use-viewer-time-zone'

interface TimeCellProps {
  at: string | null | undefined
  /** What to say when there is no time. */
  none?: string
  /** `both`: relative above absolute. `relative`: the absolute time on hover. `inline`: both in one line. `exact`: with seconds. */
  form?: 'both' | 'relative' | 'inline' | 'exact'
}

/** A moment in the viewer's zone, with the zone shown. */
export function TimeCell({ at, none = 'never', form = 'both' }: TimeCellProps) {
  const now = useNow()
  const zone = useViewerTimeZone()
  if (!at) return <span className="text-ink-3">{none}</span>
  const date = new Date(at)
  const absolute = formatAbsolute(date, zone)
  const relative = formatRelative(date, now)
  if (form === 'relative') {
    return (
      <time dateTime={at} title={absolute} className="whitespace-nowrap">
        {relative}
      </time>
    )
  }
  if (form === 'exact') {
    return (
      <time dateTime={at} title={relative} className="tabular">
        {formatExact(date, zone)}
      </time>
    )
  }
  if (form === 'inline') {
    return (
      <time dateTime={at}>
        {relative} <span className="text-ink-3">({absolute})</span>
      </time>
    )
  }
  return (
    <time dateTime={at} className="tabular block whitespace-nowrap">
      <span className="block">{relative}</span>
      <span className="block text-xs text-ink-3">{absolute}</span>
    </time>
  )
}
