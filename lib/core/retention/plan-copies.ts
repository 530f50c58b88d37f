import type { RetentionRules } from '../../contracts/retention'
import { planByAll } from './plan-by-all'
import type { RetentionDecision } from './plan-retention'
import type { RetainedBackup } from './retained-backup'

/** A copy that lies in a destination, whole or not. */
export interface HeldCopy {
  destinationId: string
  /** Confirmed and not found damaged: it can be restored from. */
  stored: boolean
  storedBytes: number
}

/** One finished backup with the copies that take up room. */
export interface HistoryEntry {
  id: string
  startedAt: Date
  /** Succeeded or partial, and not found broken. */
  sound: boolean
  damagedAtSource?: boolean
  pinned: boolean
  /** A copy of it is being written: it stays until that is done. */
  busy: boolean
  dependsOn: readonly string[]
  identity: string | null
  needsLog: boolean
  copies: readonly HeldCopy[]
}

export interface CopyDecision extends Omit<RetentionDecision, 'id'> {
  destinationId: string
}
/** The backup as a whole goes only when none of its copies is kept. */
export interface EntryDecision extends RetentionDecision {
  copies: CopyDecision[]
}

/**
 * Decides for every copy where it lies: a destination counts its own good copies, so one that was away for a week keeps
 * what it has (fault 33), and may go by a policy of its own. What has no copy is a record and goes by the source's
 * rules. A base that a kept copy needs, and that no destination would keep, stays wherever it lies.
 */
export function planCopies(
  history: readonly HistoryEntry[],
  rules: { ofSource: readonly RetentionRules[]; ofDestination: ReadonlyMap<string, readonly RetentionRules[]> },
  now: Date,
): EntryDecision[] {
  const destinationIds = new Set(history.flatMap((entry) => entry.copies.map((copy) => copy.destinationId)))
  const plans = new Map<string, Map<string, RetentionDecision>>()
  for (const destinationId of destinationIds) {
    const here = history.flatMap((entry) => {
      const copy = entry.copies.find((one) => one.destinationId === destinationId)
      return copy ? [retained(entry, copy.stored, copy.storedBytes)] : []
    })
    const policies = rules.ofDestination.get(destinationId) ?? rules.ofSource
    plans.set(destinationId, new Map(planByAll(here, policies, now).map((one) => [one.id, one])))
  }
  const whole = history.map((entry) =>
    retained(
      entry,
      entry.copies.some((copy) => copy.stored),
      0,
    ),
  )
  const records = new Map(planByAll(whole, rules.ofSource, now).map((one) => [one.id, one]))
  keepBases(history, plans)

  return history.map((entry) => {
    const copies = entry.copies.flatMap(({ destinationId }): CopyDecision[] => {
      const decision = plans.get(destinationId)?.get(entry.id)
      return decision ? [{ destinationId, keep: decision.keep, reasons: decision.reasons }] : []
    })
    if (entry.busy) return { id: entry.id, keep: true, reasons: ['a copy of it is being made'], copies }
    const deciding = copies.length > 0 ? copies : [records.get(entry.id)].filter((one) => one !== undefined)
    const keep = deciding.some((decision) => decision.keep)
    const reasons = deciding.filter((decision) => decision.keep === keep).flatMap((decision) => decision.reasons)
    return { id: entry.id, keep, reasons: [...new Set(reasons)], copies }
  })
}

function retained(entry: HistoryEntry, stored: boolean, storedBytes: number): RetainedBackup {
  const { id, startedAt, damagedAtSource, pinned, dependsOn, identity, needsLog } = entry
  const good = entry.sound && stored
  return { id, startedAt, good, damagedAtSource, pinned, dependsOn, identity, needsLog, storedBytes }
}

/** A kept copy whose base would be kept nowhere keeps the base's copies. */
function keepBases(history: readonly HistoryEntry[], plans: Map<string, Map<string, RetentionDecision>>): void {
  const byId = new Map(history.map((entry) => [entry.id, entry]))
  const open = history.flatMap((entry) => entry.copies.map(({ destinationId }) => ({ entry, destinationId })))
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const plan = plans.get(next.destinationId)
    if (!plan?.get(next.entry.id)?.keep) continue
    for (const baseId of next.entry.dependsOn) {
      const base = byId.get(baseId)
      if (!base || base.copies.some((copy) => copy.stored && plans.get(copy.destinationId)?.get(baseId)?.keep)) continue
      for (const { destinationId } of base.copies) {
        const elsewhere = plans.get(destinationId)
        if (elsewhere?.get(baseId)?.keep !== false) continue
        elsewhere.set(baseId, { id: baseId, keep: true, reasons: ['needed to restore a backup that is kept'] })
        open.push({ entry: base, destinationId })
      }
    }
  }
}
