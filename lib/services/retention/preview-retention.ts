import {
  retentionPauseSchema,
  retentionRulesSchema,
  type PreviewRetention,
  type PreviewedBackup,
  type RetentionPreview,
} from '@/lib/contracts/retention'
import { monthlyCost } from '@/lib/core/health/monthly-cost'
import { planCopies, type EntryDecision } from '@/lib/core/retention/plan-copies'
import type { Tx } from '@/lib/db/client'
import type { ServiceContext } from '../context'
import { readOperations } from '../operations/read-operations'
import { permit } from '../permit'
import { findRetentionPolicy } from '../retention-policy/find-retention-policy'
import { findSource } from '../source/find-source'
import { effectiveRules, plainRules, withRules, type EffectiveRules } from './effective-rules'
import { loadHistory, type HistoryRow } from './load-history'
import { sourcesOfPolicy } from './sources-of-policy'

/** Of several sources, at most so many backups are listed; the counts are of all. */
const listed = 500

/** What these rules would keep and delete today, with the reasons and what that saves; nothing is changed. */
export async function previewRetention(args: {
  ctx: ServiceContext
  input: PreviewRetention
}): Promise<RetentionPreview> {
  const { ctx, input } = args
  permit(ctx.actor, 'viewer')
  return readPreview(ctx.db, { ...input, now: ctx.clock.now() })
}

/** The preview as `updateRetentionPolicy` needs it too: in its own transaction. */
export async function readPreview(tx: Tx, input: PreviewRetention & { now: Date }): Promise<RetentionPreview> {
  const { policyId, sourceId, now } = input
  const given = input.rules ? retentionRulesSchema.parse(input.rules) : null
  const policy = policyId ? await findRetentionPolicy(tx, policyId) : null
  const sources = policy ? await sourcesOfPolicy(tx, policy.id) : [await findSource(tx, sourceId ?? '')]
  const change = (current: EffectiveRules): EffectiveRules => {
    if (policy) return given ? withRules(current, policy.id, given) : current
    return { ...current, ofSource: given ? [{ policyId: '', name: '', rules: given }] : [] }
  }
  const { retention, prices } = await readOperations(tx)
  const sum: RetentionPreview = {
    keepCount: 0,
    deleteCount: 0,
    addedCount: 0,
    deleteBytes: 0,
    savedPerMonth: 0,
    costPerMonth: 0,
    currency: prices.currency,
    graceDays: retention.graceDays,
    sources: [],
    backups: [],
  }
  // One source after the other: a policy of a thousand sources does not hold all their histories at once.
  for (const source of sources) {
    const { entries } = await loadHistory(tx, source.id)
    const current = await effectiveRules(tx, source.id)
    const today = new Map(planCopies(entries, plainRules(current), now).map((one) => [one.id, goingOf(one)]))
    const counts = { keepCount: 0, deleteCount: 0, addedCount: 0, deleteBytes: 0 }
    const byId = new Map(entries.map((entry) => [entry.id, entry]))
    for (const decision of planCopies(entries, plainRules(change(current)), now)) {
      const entry = byId.get(decision.id)
      // What has no copy is a line of the history: nothing is lost with it.
      if (!entry || entry.copies.length === 0) continue
      const going = goingOf(decision)
      const goes = entry.copies.filter((copy) => going.has(copy.destinationId))
      const stays = entry.copies.filter((copy) => !going.has(copy.destinationId))
      const deleteBytes = bytesOf(goes)
      counts.keepCount += going.size === 0 ? 1 : 0
      counts.deleteCount += going.size > 0 ? 1 : 0
      counts.addedCount += [...going].some((id) => !today.get(decision.id)?.has(id)) ? 1 : 0
      counts.deleteBytes += deleteBytes
      sum.savedPerMonth += costOf(goes, prices.perGbMonth)
      sum.costPerMonth += costOf(stays, prices.perGbMonth)
      if (!policy || going.size > 0) add(sum.backups, { source, entry, decision, deleteBytes })
    }
    sum.keepCount += counts.keepCount
    sum.deleteCount += counts.deleteCount
    sum.addedCount += counts.addedCount
    sum.deleteBytes += counts.deleteBytes
    const paused = retentionPauseSchema.safeParse(source.retentionPause).success
    sum.sources.push({ sourceId: source.id, sourceName: source.name, ...counts, paused })
  }
  return sum
}

/** The destinations in which a backup is deleted. */
const goingOf = (decision: EntryDecision): Set<string> =>
  new Set(decision.copies.filter((copy) => !copy.keep).map((copy) => copy.destinationId))

const bytesOf = (copies: HistoryRow['copies']): number => copies.reduce((sum, copy) => sum + copy.storedBytes, 0)

const costOf = (copies: HistoryRow['copies'], perGbMonth: Record<string, number>): number =>
  monthlyCost(
    copies.map(({ storageClass, storedBytes }) => ({ storageClass, bytes: storedBytes })),
    perGbMonth,
  )

function add(
  list: PreviewedBackup[],
  {
    source,
    entry,
    decision,
    deleteBytes,
  }: { source: { id: string }; entry: HistoryRow; decision: EntryDecision; deleteBytes: number },
): void {
  if (list.length >= listed) return
  const lost = decision.keep ? decision.copies.filter((copy) => !copy.keep) : []
  const where = (id: string) => entry.copies.find((copy) => copy.destinationId === id)?.destinationName ?? id
  const partly = lost.map((copy) => `goes in ${where(copy.destinationId)}: ${copy.reasons.join('; ')}`)
  list.push({
    id: entry.id,
    sourceId: source.id,
    startedAt: entry.startedAt.toISOString(),
    storedBytes: bytesOf(entry.copies),
    keep: decision.keep,
    reasons: [...decision.reasons, ...partly],
    deleteBytes,
  })
}
