import { formatDuration } from '@/lib/client/format/duration'

export function DurationCell({ ms, none = '–' }: { ms: number | null | undefined; none?: string }) {
  if (ms === null || ms === undefined) return <span className="text-ink-3">{none}</span>
  return (
    <span className="tabular whitespace-nowrap" title={`${Math.round(ms).toLocaleString('en')} ms`}>
      {formatDuration(ms)}
    </span>
  )
}
