import { monthlyCost, type StoredClass } from './monthly-cost'
import type { Finding } from './source-findings'

/** What is watched of one destination. */
export interface WatchedDestination {
  id: string
  name: string
  /** Consecutive failed checks and the message of the last one; null before the first check. */
  trouble: { failedInARow: number; message: string } | null
  /** What its file system or store says it holds; null when it does not say. */
  space: { freeBytes: number; totalBytes: number } | null
  /** What an administrator says it may hold. */
  capacityBytes: number | null
  monthlyBudget: number | null
  /** What our copies take, by storage class. */
  stored: StoredClass[]
}

export interface DestinationLimits {
  /** Filled share from which it counts as nearly full. */
  nearlyFullShare: number
  currency: string
  perGbMonth: Record<string, number>
}

/** One failed check may be a restart or a lost packet; two are reported. */
const failuresToTell = 2

export function destinationFindings(destination: WatchedDestination, limits: DestinationLimits): Finding[] {
  return [
    ...unreachableFinding(destination),
    ...fullFinding(destination, limits.nearlyFullShare),
    ...budgetFinding(destination, limits),
  ]
}

function unreachableFinding({ name, trouble }: WatchedDestination): Finding[] {
  if (!trouble || trouble.failedInARow < failuresToTell) return []
  return [
    {
      event: 'destination-unreachable',
      severity: 'critical',
      title: `The destination ${name} cannot be used`,
      body: trouble.message,
      facts: {},
    },
  ]
}

/** The fuller of the two counts: what the store says of itself, and our copies against the limit that was set. */
export function filledShare(
  destination: Pick<WatchedDestination, 'space' | 'capacityBytes' | 'stored'>,
): { share: number; usedBytes: number; ofBytes: number } | null {
  const { space, capacityBytes, stored } = destination
  const counts: { usedBytes: number; ofBytes: number }[] = []
  if (space && space.totalBytes > 0)
    counts.push({ usedBytes: space.totalBytes - space.freeBytes, ofBytes: space.totalBytes })
  if (capacityBytes !== null && capacityBytes > 0) {
    counts.push({ usedBytes: stored.reduce((sum, { bytes }) => sum + bytes, 0), ofBytes: capacityBytes })
  }
  const shares = counts.map((count) => ({ ...count, share: count.usedBytes / count.ofBytes }))
  return shares.reduce<(typeof shares)[number] | null>(
    (fullest, count) => (fullest === null || count.share > fullest.share ? count : fullest),
    null,
  )
}

function fullFinding(destination: WatchedDestination, nearlyFullShare: number): Finding[] {
  const filled = filledShare(destination)
  if (!filled || filled.share < nearlyFullShare) return []
  const full = filled.share >= 1
  return [
    {
      event: 'destination-nearly-full',
      severity: full ? 'critical' : 'warning',
      title: `The destination ${destination.name} is ${full ? 'full' : 'nearly full'}`,
      body: `It is filled to ${Math.floor(filled.share * 100)} %: ${gb(filled.usedBytes)} of ${gb(filled.ofBytes)}.`,
      facts: { usedBytes: filled.usedBytes, capacityBytes: filled.ofBytes },
    },
  ]
}

function budgetFinding(destination: WatchedDestination, limits: DestinationLimits): Finding[] {
  const { monthlyBudget } = destination
  if (monthlyBudget === null) return []
  const cost = monthlyCost(destination.stored, limits.perGbMonth)
  if (cost <= monthlyBudget) return []
  const money = (amount: number) => `${amount.toFixed(2)} ${limits.currency}`
  return [
    {
      event: 'destination-over-budget',
      severity: 'warning',
      title: `The destination ${destination.name} is over its budget`,
      body: `What is stored there costs ${money(cost)} a month; the budget is ${money(monthlyBudget)}.`,
      facts: { monthlyCost: cost, monthlyBudget, currency: limits.currency },
    },
  ]
}

const gb = (bytes: number): string => `${(bytes / 1e9).toFixed(bytes < 1e10 ? 2 : 0)} GB`
