import { retentionRulesSchema, type RetentionRules } from '@/lib/contracts/retention'
import { keepsLess } from '@/lib/core/retention/keeps-less'
import type { Tx } from '@/lib/db/client'
import { guardChange } from '../approval/guard-change'
import type { ServiceContext } from '../context'

interface Change<T> {
  /** What an approval is for; the same each time this is tried. */
  of: { type: 'schedule' | 'policy' | 'source'; id: string }
  /** Whose schedules change. */
  sourceIds: string[]
  run: () => Promise<T>
}

/**
 * Carries a change of schedules out, then asks what a shorter policy asks for if a source that has backups goes by rules
 * that keep less now: its first policy, or one fewer beside others. Part of the caller's transaction, which a refusal
 * rolls back. Answers whether it asked. Throws what `guardChange` throws.
 */
export async function guardFewerRules<T>(
  ctx: ServiceContext,
  tx: Tx,
  { of, sourceIds, run }: Change<T>,
): Promise<{ result: T; guarded: boolean }> {
  const before = await rulesOf(tx, sourceIds)
  const result = await run()
  const after = await rulesOf(tx, sourceIds)
  const less = sourceIds.filter((id) => keepsLess(before.get(id) ?? [], after.get(id) ?? []))
  const kept = { deletedAt: null, status: { in: ['succeeded', 'partial'] } }
  const sources = await tx.source.findMany({
    where: { id: { in: less }, backups: { some: kept } },
    select: { id: true, name: true },
    orderBy: { id: 'asc' },
  })
  const [first] = sources
  if (!first) return { result, guarded: false }
  const whose = sources.length === 1 ? `"${first.name}"` : `${sources.length} sources`
  await guardChange(ctx, tx, {
    action: 'retention-policy.shorten',
    subjectType: of.type,
    subjectId: of.id,
    summary: `Keep backups of ${whose} by rules that keep less than today's`,
    input: { rules: Object.fromEntries(sources.map(({ id }) => [id, after.get(id) ?? []])) },
  })
  return { result, guarded: true }
}

/** The rules that hold for each source, of all its backup schedules; as `effectiveRules` finds them. */
async function rulesOf(tx: Tx, sourceIds: string[]): Promise<Map<string, RetentionRules[]>> {
  const schedules = await tx.schedule.findMany({
    where: {
      sourceId: { in: sourceIds },
      action: 'backup',
      deletedAt: null,
      retentionPolicy: { deletedAt: null },
    },
    select: { sourceId: true, retentionPolicy: { select: { id: true, rules: true } } },
    orderBy: [{ retentionPolicyId: 'asc' }],
  })
  const rules = new Map<string, RetentionRules[]>()
  for (const { sourceId, retentionPolicy } of schedules) {
    if (!retentionPolicy) continue
    rules.set(sourceId, [...(rules.get(sourceId) ?? []), retentionRulesSchema.parse(retentionPolicy.rules)])
  }
  return rules
}
