import type { SchedulePause } from '@/lib/contracts/schedule'
import { formatAbsolute } from '@/lib/client/format/time'

/** Who switched it off, when, and until when, in the zone of who reads it. */
export function pauseWords({ by, at, until }: SchedulePause, timeZone: string): string {
  const end = until
    ? `goes on by itself at ${formatAbsolute(new Date(until), timeZone)}`
    : 'stays off until someone switches it on'
  return `Switched off by ${by} at ${formatAbsolute(new Date(at), timeZone)}; ${end}.`
}
