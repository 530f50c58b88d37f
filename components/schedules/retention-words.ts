import type { RetentionRulesInput } from '@/lib/contracts/retention'
import { formatBytes } from '@/lib/client/format/bytes'

const levels = [
  ['hourly', 'hours'],
  ['daily', 'days'],
  ['weekly', 'weeks'],
  ['monthly', 'months'],
  ['yearly', 'years'],
] as const

/** What a policy keeps, in one sentence. */
export function retentionWords({ keepDays, keepLast, gfs, maxTotalBytes, minimum = 1 }: RetentionRulesInput): string {
  const periods = levels.flatMap(([level, unit]) => (gfs?.[level] ? [`${gfs[level]} ${unit}`] : []))
  const parts = [
    keepDays ? `${keepDays} ${keepDays === 1 ? 'day' : 'days'}` : '',
    keepLast ? `the newest ${keepLast}` : '',
    periods.length > 0 ? `the newest of each of ${periods.join(', ')}` : '',
  ].filter(Boolean)
  const kept = parts.length > 0 ? `Keeps ${parts.join(' and ')}` : 'Keeps everything'
  const size = maxTotalBytes ? `, at most ${formatBytes(maxTotalBytes)} in a destination` : ''
  return minimum > 1
    ? `${kept}${size}, never fewer than ${minimum} good ones`
    : `${kept}${size}, never deletes the last good one`
}
