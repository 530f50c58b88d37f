import { isUnusual } from '@/lib/core/retention/is-unusual'
import type { EntryDecision } from '@/lib/core/retention/plan-copies'
import { isGood, type HistoryRow } from './load-history'
import { becameShorter, type RetentionState } from './retention-state'

const dayMs = 86_400_000

/**
 * When what goes from now on is deleted, by destination: at once by an unchanged policy; after the grace time where the
 * rules became shorter, and whatever else becomes too old by them until then, so that all of it can be undone by putting
 * them back; after the grace time too where unusually much would go at once. `graceUntil` is what to remember.
 */
export function deletionDates(input: {
  entries: readonly HistoryRow[]
  plan: readonly EntryDecision[]
  state: RetentionState
  applied: RetentionState['applied']
  graceDays: number
  now: Date
}): { dates: Map<string, Date>; graceUntil: RetentionState['graceUntil'] } {
  const { entries, plan, state, applied, now } = input
  const graceEnd = new Date(now.getTime() + input.graceDays * dayMs)
  const dates = new Map<string, Date>()
  const graceUntil: RetentionState['graceUntil'] = {}
  for (const [id, { going, goodGoing, goodHeld }] of countByDestination(entries, plan)) {
    const known = state.graceUntil[id]
    const shorter = becameShorter(state.applied, applied, id, going > 0)
    const until = shorter ? graceEnd : known ? new Date(known) : now
    if (until > now) graceUntil[id] = until.toISOString()
    dates.set(id, until > now ? until : isUnusual(goodGoing, goodHeld) ? graceEnd : now)
  }
  return { dates, graceUntil }
}

interface Counts {
  /** Copies that would go and did not wait yet, good ones among them, and good ones that are there. */
  going: number
  goodGoing: number
  goodHeld: number
}

function countByDestination(entries: readonly HistoryRow[], plan: readonly EntryDecision[]): Map<string, Counts> {
  const counts = new Map<string, Counts>()
  const decisions = new Map(plan.map((decision) => [decision.id, decision]))
  for (const entry of entries) {
    for (const copy of entry.copies) {
      const of = counts.get(copy.destinationId) ?? { going: 0, goodGoing: 0, goodHeld: 0 }
      counts.set(copy.destinationId, of)
      const decision = decisions.get(entry.id)?.copies.find((one) => one.destinationId === copy.destinationId)
      const goes = decision?.keep === false && entry.deleteAfter === null && copy.deleteAfter === null
      const good = isGood(entry) && copy.stored
      of.going += goes ? 1 : 0
      of.goodGoing += goes && good ? 1 : 0
      of.goodHeld += good ? 1 : 0
    }
  }
  return counts
}
