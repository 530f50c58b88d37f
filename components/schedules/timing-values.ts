import type { Policy } from '@/lib/contracts/policy'
import type { Schedule, ScheduleAction } from '@/lib/contracts/schedule'
import { startOptions, startValues } from './start-values'

/** What schedules and policies have in common, as their forms hold it. */
export interface TimingValues {
  action: ScheduleAction
  cron: string
  timeZone: string
  catchUp: 'once' | 'skip'
  destinationIds: string[]
  /** Undefined: nobody has chosen yet. */
  retentionPolicyId: string | null | undefined
  level: Schedule['options']['level']
  start: ReturnType<typeof startValues>
}

export function timingValues(stored: Schedule | Policy | undefined): TimingValues {
  return {
    action: stored?.action ?? 'backup',
    cron: stored?.cron ?? '0 2 * * *',
    timeZone: stored?.timeZone ?? 'UTC',
    catchUp: stored?.catchUp ?? 'once',
    destinationIds: stored?.destinationIds ?? [],
    retentionPolicyId: stored?.retentionPolicyId,
    level: stored?.options.level ?? 'standard',
    start: startValues(stored?.options),
  }
}

/** The same as the API takes it. */
export function timingBody({ start, level, retentionPolicyId, ...values }: TimingValues) {
  return { ...values, retentionPolicyId: retentionPolicyId ?? null, options: startOptions(start, level) }
}
