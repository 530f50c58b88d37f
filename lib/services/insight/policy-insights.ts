import type { PolicyInsight } from '@/lib/contracts/insight'
import { monthlyCost } from '@/lib/core/health/monthly-cost'
import { steadyState } from '@/lib/core/insight/steady-state'
import type { readPolicies } from './read-policies'
import type { HeldBytes } from './read-usage'

/**
 * What each policy keeps today and in the long run. A destination's own policy decides about the copies in it, else
 * the one of the source's schedule. The long run supposes today's sizes, rhythm and destinations, each in its own class.
 */
export function policyInsights(args: {
  held: HeldBytes[]
  destinations: { id: string; retentionPolicyId: string | null }[]
  classOf: Map<string, string>
  plans: Awaited<ReturnType<typeof readPolicies>>
  perGbMonth: Record<string, number>
  /** Stored size of a source's last good backup. */
  backupBytes: Map<string, number>
  /** Sources that still exist. */
  live: Map<string, string>
}): PolicyInsight[] {
  const { plans, perGbMonth } = args
  const ownPolicy = new Map(args.destinations.map(({ id, retentionPolicyId }) => [id, retentionPolicyId]))
  const policyOf = (row: HeldBytes) =>
    plans.policies.get(ownPolicy.get(row.destinationId) ?? plans.bySource.get(row.sourceId)?.policyId ?? '') ?? null
  const groups = Map.groupBy(
    args.held.filter((row) => args.live.has(row.sourceId)),
    (row) => policyOf(row)?.id ?? null,
  )
  return [...groups]
    .map(([policyId, rows]): PolicyInsight => {
      const policy = policyId === null ? undefined : plans.policies.get(policyId)
      const steady = { backups: 0, storedBytes: 0, perMonth: 0 }
      let known = policy !== undefined
      const add = (backups: number, storedBytes: number, perMonth: number) => {
        steady.backups += backups
        steady.storedBytes += storedBytes
        steady.perMonth += perMonth
      }
      for (const [place, ...classes] of Map.groupBy(rows, placeOf).values()) {
        if (!policy || !place) continue
        const everyMs = plans.bySource.get(place.sourceId)?.everyMs ?? null
        if (everyMs === null) {
          // Without a schedule nothing is added, and then nothing expires either.
          for (const row of [place, ...classes]) add(row.copies, row.bytes, monthlyCost([row], perGbMonth))
          continue
        }
        const bytes = args.backupBytes.get(place.sourceId) ?? 0
        const kept = steadyState(policy.rules, everyMs, bytes)
        if (kept === null) known = false
        else {
          const storageClass = args.classOf.get(place.destinationId) ?? ''
          add(kept, kept * bytes, monthlyCost([{ storageClass, bytes: kept * bytes }], perGbMonth))
        }
      }
      return {
        policyId,
        name: policy?.name ?? 'No policy: everything is kept',
        sources: new Set(rows.map((row) => row.sourceId)).size,
        storedBytes: rows.reduce((sum, row) => sum + row.bytes, 0),
        perMonth: monthlyCost(rows, perGbMonth),
        steady: known ? steady : null,
      }
    })
    .sort((a, b) => b.storedBytes - a.storedBytes)
}

/** Copies of one source in one destination, whatever classes they are in. */
const placeOf = ({ sourceId, destinationId }: HeldBytes): string => `${sourceId} ${destinationId}`
