import type { RetentionRules } from '@/lib/contracts/retention'

/** What a policy keeps, in one sentence. */
export function retentionWords({ keepDays, keepLast, minimum }: RetentionRules): string {
  const parts = [
    keepDays ? `${keepDays} ${keepDays === 1 ? 'day' : 'days'}` : '',
    keepLast ? `the newest ${keepLast}` : '',
  ].filter(Boolean)
  const kept = parts.length > 0 ? `Keeps ${parts.join(' and ')}` : 'Keeps everything'
  return minimum > 1 ? `${kept}, never fewer than ${minimum} good ones` : `${kept}, never deletes the last good one`
}
