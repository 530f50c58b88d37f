import type { Policy } from '@/lib/contracts/policy'
import type { Schedule, ScheduleAction } from '@/lib/contracts/schedule'
import { offeredKind, type KindSource } from '@/lib/client/backup-kinds'
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

/** `usual` is for what nobody has chosen yet; `sources` are those that it is about. */
export function timingValues(
  stored: Schedule | Policy | undefined,
  usual: UsualTiming,
  sources: readonly KindSource[],
): TimingValues {
  const options = startValues(stored?.options)
  return {
    action: stored?.action ?? 'backup',
    cron: stored?.cron ?? '0 2 * * *',
    timeZone: stored?.timeZone ?? 'UTC',
    catchUp: stored?.catchUp ?? 'once',
    destinationIds: stored?.destinationIds.length ? stored.destinationIds : usual.destinationIds,
    // Keeping everything is a choice.
    retentionPolicyId: (stored ? stored.retentionPolicyId : usual.retentionPolicyId) ?? '',
    // The usual kind may be stored by its name; it is one and the same choice.
    options: { ...options, method: offeredKind(options.method, sources) },
  }
}

export interface UsualTiming {
  destinationIds: string[]
  retentionPolicyId: string | null
}

/** The same as the API takes it, for these sources. */
export function timingBody({ options, retentionPolicyId, ...values }: TimingValues, sources: readonly KindSource[]) {
  const method = offeredKind(options.method, sources)
  return { ...values, retentionPolicyId: retentionPolicyId || null, options: startOptions({ ...options, method }) }
}

/** What the contract leaves open: a backup goes somewhere. */
export const timingMessages = ({ action, destinationIds }: TimingValues): Readonly<Record<string, string>> =>
  action === 'backup' && destinationIds.length === 0 ? { destinationIds: 'Choose at least one destination' } : {}
