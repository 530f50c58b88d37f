import type { CreatePolicy, PolicyChange, PolicyPreview, PolicyView, UpdatePolicy } from '@/lib/contracts/policy'
import { compareViews } from '@/lib/core/schedule/compare-views'
import type { Tx } from '@/lib/db/client'
import type { ServiceContext } from '../context'
import { permit } from '../permit'
import { previewTiming } from '../schedule/preview-schedule'
import { checkPolicy } from './check-policy'
import { findPolicy } from './find-policy'
import { enteredPolicy, mergePolicy } from './merge-policy'

/** What a change of a policy would do, source by source; nothing is stored. Throws what saving it would throw. */
export async function previewPolicy({
  ctx,
  input,
}: {
  ctx: ServiceContext
  input: { id: string; patch: UpdatePolicy }
}): Promise<PolicyPreview> {
  permit(ctx.actor, 'viewer')
  const row = await findPolicy(ctx.db, input.id)
  const enabled = new Map(row.schedules.map((schedule) => [schedule.source.id, schedule.enabled]))
  return compare(ctx, enteredPolicy(row), mergePolicy(row, input.patch), { policyId: input.id, enabled })
}

/** The same for a policy that is not stored yet. */
export async function previewNewPolicy({
  ctx,
  input,
}: {
  ctx: ServiceContext
  input: CreatePolicy
}): Promise<PolicyPreview> {
  permit(ctx.actor, 'viewer')
  return compare(ctx, { ...input, sourceIds: [] }, input, { policyId: null, enabled: new Map() })
}

async function compare(
  ctx: ServiceContext,
  before: CreatePolicy,
  after: CreatePolicy,
  stored: { policyId: string | null; enabled: ReadonlyMap<string, boolean> },
): Promise<PolicyPreview> {
  const now = ctx.clock.now()
  await checkPolicy(ctx.db, after, now)
  const old = await viewOf(ctx.db, before, now)
  const next = await viewOf(ctx.db, after, now)
  const ids = [...new Set([...before.sourceIds, ...after.sourceIds])]
  const sources = await ctx.db.source.findMany({
    where: { id: { in: ids } },
    select: { id: true, name: true },
    orderBy: { name: 'asc' },
  })
  const besides = await otherSchedules(ctx.db, ids, after.action, stored.policyId)
  const changes = sources.map((source): PolicyChange => {
    const enabled = stored.enabled.get(source.id) ?? true
    const was = before.sourceIds.includes(source.id) ? { ...old, enabled } : null
    const becomes = after.sourceIds.includes(source.id) ? { ...next, enabled } : null
    const differences = compareViews(was, becomes)
    const change =
      was === null ? 'added' : becomes === null ? 'removed' : differences.length > 0 ? 'changed' : 'unchanged'
    return {
      sourceId: source.id,
      sourceName: source.name,
      change,
      before: was,
      after: becomes,
      differences,
      besides: becomes ? (besides.get(source.id) ?? []) : [],
    }
  })
  return { changes }
}

async function viewOf(tx: Tx, policy: CreatePolicy, now: Date): Promise<Omit<PolicyView, 'enabled'>> {
  const { cron, timeZone, options } = policy
  const { runs } = previewTiming({ cron, timeZone, window: options.window, jitterSeconds: options.jitterSeconds }, now)
  const destinations = await tx.destination.findMany({
    where: { id: { in: policy.destinationIds } },
    select: { name: true },
    orderBy: { name: 'asc' },
  })
  const kept = policy.retentionPolicyId
    ? await tx.retentionPolicy.findUnique({ where: { id: policy.retentionPolicyId }, select: { name: true } })
    : null
  return {
    ...{ cron, timeZone, runs, kind: options.method },
    destinations: destinations.map(({ name }) => name),
    retention: kept?.name ?? null,
  }
}

/** Schedules outside the policy that do the same for these sources. */
async function otherSchedules(
  tx: Tx,
  sourceIds: string[],
  action: string,
  policyId: string | null,
): Promise<Map<string, string[]>> {
  const rows = await tx.schedule.findMany({
    where: { sourceId: { in: sourceIds }, action, deletedAt: null },
    select: { sourceId: true, cron: true, timeZone: true, policyId: true, policy: { select: { name: true } } },
  })
  const found = new Map<string, string[]>()
  for (const row of rows.filter((schedule) => schedule.policyId === null || schedule.policyId !== policyId)) {
    const words = `${row.cron} ${row.timeZone}${row.policy ? ` (policy "${row.policy.name}")` : ''}`
    found.set(row.sourceId, [...(found.get(row.sourceId) ?? []), words])
  }
  return found
}
