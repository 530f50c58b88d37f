'use client'

import { formatAbsolute, formatRelative } from '@/lib/client/format/time'
import { useNow } from '@/lib/client/use-now'

interface TimeCellProps {
  at: string | null | undefined
  /** What to say when there is no time. */
  none?: string
  /** `both`: relative above absolute. `relative`: the absolute time on hover. `inline`: both in one line. */
  form?: 'both' | 'relative' | 'inline'
}

/** A moment in the viewer's zone, with the zone shown. */
export function TimeCell({ at, none = 'never', form = 'both' }: TimeCellProps) {
  const now = useNow()
  if (!at) return <span className="text-ink-3">{none}</span>
  const date = new Date(at)
  const absolute = formatAbsolute(date)
  const relative = formatRelative(date, now)
  if (form === 'relative') {
    return (
      <time dateTime={at} title={absolute} className="whitespace-nowrap" suppressHydrationWarning>
        {relative}
      </time>
    )
  }
  if (form === 'inline') {
    return (
      <time dateTime={at} suppressHydrationWarning>
        {relative} <span className="text-ink-3">({absolute})</span>
      </time>
    )
  }
  return (
    <time dateTime={at} className="tabular block whitespace-nowrap" suppressHydrationWarning>
      <span className="block">{relative}</span>
      <span className="block text-xs text-ink-3">{absolute}</span>
    </time>
  )
}
