import { retentionRulesSchema, type RetentionRules } from '@/lib/contracts/retention'
import { planRetention, type RetentionDecision } from '@/lib/core/retention/plan-retention'
import type { Tx } from '@/lib/db/client'

/** What a policy would do to one source's backups as the catalog knows them. Running ones are left out. */
export async function planSourceRetention(
  tx: Tx,
  input: { sourceId: string; rules: RetentionRules; now: Date },
): Promise<(RetentionDecision & { startedAt: Date; storedBytes: number })[]> {
  const rows = await tx.backup.findMany({
    where: { sourceId: input.sourceId, deletedAt: null, status: { not: 'running' }, sample: false },
    select: {
      id: true,
      startedAt: true,
      status: true,
      verified: true,
      pinned: true,
      storedBytes: true,
      copies: { select: { state: true } },
    },
  })
  const backups = rows.map((row) => ({
    id: row.id,
    startedAt: row.startedAt,
    good:
      ['succeeded', 'partial'].includes(row.status) &&
      row.verified !== 'broken' &&
      row.copies.some((copy) => copy.state === 'stored'),
    pinned: row.pinned,
    storedBytes: Number(row.storedBytes),
  }))
  const byId = new Map(backups.map((backup) => [backup.id, backup]))
  return planRetention(backups, input.rules, input.now).flatMap((decision) => {
    const backup = byId.get(decision.id)
    return backup ? [{ ...decision, startedAt: backup.startedAt, storedBytes: backup.storedBytes }] : []
  })
}

/** The rules in force for a source: those of its backup schedules' policies; null keeps everything. */
export async function sourceRetentionRules(
  tx: Tx,
  sourceId: string,
): Promise<{ policyId: string; rules: RetentionRules } | null> {
  const schedule = await tx.schedule.findFirst({
    where: { sourceId, action: 'backup', deletedAt: null, retentionPolicyId: { not: null } },
    include: { retentionPolicy: true },
    orderBy: { createdAt: 'asc' },
  })
  const policy = schedule?.retentionPolicy
  return policy && policy.deletedAt === null
    ? { policyId: policy.id, rules: retentionRulesSchema.parse(policy.rules) }
    : null
}
