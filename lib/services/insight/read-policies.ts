import { retentionRulesSchema, type RetentionRules } from '@/lib/contracts/retention'
import { rhythmMs } from '@/lib/core/insight/rhythm'
import type { Tx } from '@/lib/db/client'

export interface InsightPolicy {
  id: string
  name: string
  rules: RetentionRules
}

/** The policies by id, and what each source's backup schedules say: its policy and how often it is backed up. */
export async function readPolicies(tx: Tx): Promise<{
  policies: Map<string, InsightPolicy>
  bySource: Map<string, { policyId: string | null; everyMs: number | null }>
}> {
  const [rows, schedules] = await Promise.all([
    tx.retentionPolicy.findMany({ where: { deletedAt: null }, select: { id: true, name: true, rules: true } }),
    tx.schedule.findMany({
      where: { action: 'backup', deletedAt: null },
      select: { sourceId: true, cron: true, enabled: true, retentionPolicyId: true },
      orderBy: { createdAt: 'asc' },
    }),
  ])
  const policies = new Map(rows.map((row) => [row.id, { ...row, rules: retentionRulesSchema.parse(row.rules) }]))
  const bySource = new Map(
    [...Map.groupBy(schedules, ({ sourceId }) => sourceId)].map(([sourceId, own]) => {
      const rhythms = own.flatMap(({ cron, enabled }) => (enabled ? (rhythmMs(cron) ?? []) : []))
      const perMs = rhythms.reduce((sum, every) => sum + 1 / every, 0)
      const policyId = own.find((schedule) => schedule.retentionPolicyId !== null)?.retentionPolicyId ?? null
      return [sourceId, { policyId, everyMs: perMs > 0 ? 1 / perMs : null }]
    }),
  )
  return { policies, bySource }
}
