import type { Policy } from '@/lib/contracts/policy'
import type { Schedule, ScheduleAction } from '@/lib/contracts/schedule'
import { startOptions, startValues, type StartValues } from './start-values'

/** What schedules and policies have in common, as their forms hold it. */
export interface TimingValues {
  action: ScheduleAction
  cron: string
  timeZone: string
  catchUp: 'once' | 'skip'
  destinationIds: string[]
  /** Empty: everything is kept. */
  retentionPolicyId: string
  options: StartValues
}

/** `usual` is for what nobody has chosen yet. */
export function timingValues(stored: Schedule | Policy | undefined, usual: UsualTiming): TimingValues {
  return {
    action: stored?.action ?? 'backup',
    cron: stored?.cron ?? '0 2 * * *',
    timeZone: stored?.timeZone ?? 'UTC',
    catchUp: stored?.catchUp ?? 'once',
    destinationIds: stored?.destinationIds.length ? stored.destinationIds : usual.destinationIds,
    // Keeping everything is a choice.
    retentionPolicyId: (stored ? stored.retentionPolicyId : usual.retentionPolicyId) ?? '',
    options: startValues(stored?.options),
  }
}

export interface UsualTiming {
  destinationIds: string[]
  retentionPolicyId: string | null
}

/** The same as the API takes it. */
export function timingBody({ options, retentionPolicyId, ...values }: TimingValues) {
  return { ...values, retentionPolicyId: retentionPolicyId || null, options: startOptions(options) }
}

/** What the contract leaves open: a backup goes somewhere. */
export const timingMessages = ({ action, destinationIds }: TimingValues): Readonly<Record<string, string>> =>
  action === 'backup' && destinationIds.length === 0 ? { destinationIds: 'Choose at least one destination' } : {}
