import type { SchedulePause } from '@/lib/contracts/schedule'
import { formatAbsolute } from '@/lib/client/format/time'

/** Who switched it off, when, and until when. */
export function pauseWords({ by, at, until }: SchedulePause): string {
  const end = until
    ? `goes on by itself at ${formatAbsolute(new Date(until))}`
    : 'stays off until someone switches it on'
  return `Switched off by ${by} at ${formatAbsolute(new Date(at))}; ${end}.`
}
