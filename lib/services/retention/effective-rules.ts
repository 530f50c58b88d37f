import { retentionRulesSchema, type RetentionRules } from '@/lib/contracts/retention'
import type { Tx } from '@/lib/db/client'

export interface EffectivePolicy {
  policyId: string
  name: string
  rules: RetentionRules
}

/** The policies a source goes by, and those of destinations that have one of their own. None keeps everything. */
export interface EffectiveRules {
  ofSource: EffectivePolicy[]
  ofDestination: Map<string, EffectivePolicy[]>
}

/**
 * What is in force for a source. Of several backup schedules each brings its policy, and what one of them keeps is
 * kept; a schedule without a policy adds nothing, so that one which has one counts.
 */
export async function effectiveRules(tx: Tx, sourceId: string): Promise<EffectiveRules> {
  const schedules = await tx.schedule.findMany({
    where: { sourceId, action: 'backup', deletedAt: null, retentionPolicy: { deletedAt: null } },
    include: { retentionPolicy: true },
    orderBy: { createdAt: 'asc' },
  })
  const destinations = await tx.destination.findMany({
    where: { deletedAt: null, retentionPolicy: { deletedAt: null } },
    include: { retentionPolicy: true },
  })
  const ofSource = new Map(
    schedules.flatMap(({ retentionPolicy }) =>
      retentionPolicy ? [[retentionPolicy.id, effective(retentionPolicy)] as const] : [],
    ),
  )
  const ofDestination = new Map<string, EffectivePolicy[]>()
  for (const { id, retentionPolicy } of destinations) {
    if (retentionPolicy) ofDestination.set(id, [effective(retentionPolicy)])
  }
  return { ofSource: [...ofSource.values()], ofDestination }
}

/** The same with a policy's rules replaced by others: what a change of it would mean. */
export function withRules(current: EffectiveRules, policyId: string, rules: RetentionRules): EffectiveRules {
  const swap = (policies: EffectivePolicy[]) =>
    policies.map((policy) => (policy.policyId === policyId ? { ...policy, rules } : policy))
  return {
    ofSource: swap(current.ofSource),
    ofDestination: new Map([...current.ofDestination].map(([id, policies]) => [id, swap(policies)])),
  }
}

/** As the pure planner takes them. */
export function plainRules({ ofSource, ofDestination }: EffectiveRules) {
  const plain = (policies: EffectivePolicy[]) => policies.map((policy) => policy.rules)
  return {
    ofSource: plain(ofSource),
    ofDestination: new Map([...ofDestination].map(([id, policies]) => [id, plain(policies)])),
  }
}

function effective(row: { id: string; name: string; rules: unknown }): EffectivePolicy {
  return { policyId: row.id, name: row.name, rules: retentionRulesSchema.parse(row.rules) }
}
