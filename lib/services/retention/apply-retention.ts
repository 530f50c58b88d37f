import { planCopies, type EntryDecision } from '@/lib/core/retention/plan-copies'
import type { Tx } from '@/lib/db/client'
import { toJson } from '@/lib/db/to-json'
import { recordAudit } from '../audit/record-audit'
import type { ServiceContext } from '../context'
import { readOperations } from '../operations/read-operations'
import { effectiveRules, plainRules } from './effective-rules'
import { loadHistory, type HistoryRow } from './load-history'
import { lockUnused } from './lock-unused'
import { refreshNotice } from './refresh-notice'
import { refreshPause } from './refresh-pause'
import { appliedRules, readRetentionState } from './retention-state'
import { deletionDates } from './deletion-dates'
import { sweepRequested } from './sweep-requested'

export interface AppliedRetention {
  /** Backups that are deleted from now on; their objects are still there. */
  marked: { id: string; reason: string }[]
  /** Backups with objects to remove: those, and some that lost single copies. */
  toRemove: string[]
  /** Backups or copies that wait for the grace time since now. */
  planned: number
  paused: boolean
}

/** A source may have tens of thousands of backups; each that changes is one statement. */
const timeoutMs = 120_000

/**
 * Decides about every backup of a source and marks what goes, in one transaction under a lock of the source's row, so
 * two workers cannot both count the same backup as the remaining one. What an unchanged policy lets expire is marked at
 * once; what goes because rules became shorter, or in unusual numbers, waits for the grace time first, and is taken back
 * when the rules keep it again by then. The objects are removed afterwards by `removeDeleted`, which can be repeated.
 * Backups that a job uses are left for the next time.
 */
export async function applyRetention(args: {
  ctx: ServiceContext
  sourceId: string
  now: Date
}): Promise<AppliedRetention> {
  const { ctx, sourceId, now } = args
  return ctx.db.$transaction(
    async (tx) => {
      await tx.$queryRaw`SELECT id FROM source WHERE id = ${sourceId}::uuid FOR UPDATE`
      const source = await tx.source.findUnique({ where: { id: sourceId } })
      if (!source) return { marked: [], toRemove: [], planned: 0, paused: false }
      const { retention } = await readOperations(tx)
      const { entries, requested } = await loadHistory(tx, sourceId)
      const paused = await refreshPause(tx, { source, entries, share: retention.pauseOnDropShare, now })
      if (paused) return { marked: [], toRemove: [], planned: 0, paused: true }

      const rules = await effectiveRules(tx, sourceId)
      const state = readRetentionState(source.retentionState)
      const applied = appliedRules(rules)
      const plan = planCopies(entries, plainRules(rules), now)
      const usable = await lockUnused(tx, [
        ...plan.filter((one) => !one.keep || one.copies.some((copy) => !copy.keep)).map(({ id }) => id),
        ...requested.map(({ id }) => id),
      ])
      const { dates, graceUntil } = deletionDates({
        entries,
        plan,
        state,
        applied,
        graceDays: retention.graceDays,
        now,
      })
      const end: AppliedRetention = { marked: [], toRemove: [], planned: 0, paused: false }
      const byId = new Map(entries.map((entry) => [entry.id, entry]))
      for (const decision of plan) {
        const entry = byId.get(decision.id)
        if (entry) await carryOut(tx, { entry, decision, usable, dates, now, end })
      }
      const asked = await sweepRequested(tx, { requested, entries, usable, now })
      end.marked.push(...asked.marked)
      end.toRemove.push(...end.marked.map(({ id }) => id))
      await tx.source.update({
        where: { id: sourceId },
        data: { retentionState: toJson({ ...state, applied, graceUntil }) },
      })
      await refreshNotice(tx, { source, added: end.planned > 0, now })
      if (end.toRemove.length > 0 || end.planned > 0 || asked.refused.length > 0) {
        await recordAudit(tx, ctx.actor, {
          action: 'retention.apply',
          subjectType: 'source',
          subjectId: sourceId,
          detail: {
            policies: rules.ofSource.map(({ policyId, name }) => ({ policyId, name })),
            deleted: end.marked.slice(0, 500),
            deletedCount: end.marked.length,
            lostCopies: end.toRemove.length - end.marked.length,
            planned: end.planned,
            ...(end.planned > 0 ? { until: [...new Set(dates.values())].filter((date) => date > now) } : {}),
            ...(asked.refused.length > 0 ? { kept: asked.refused } : {}),
          },
        })
      }
      return end
    },
    { timeout: timeoutMs },
  )
}

interface CarryOut {
  entry: HistoryRow
  decision: EntryDecision
  usable: ReadonlySet<string>
  /** When what goes from now on is deleted, by destination. */
  dates: ReadonlyMap<string, Date>
  now: Date
  end: AppliedRetention
}

async function carryOut(tx: Tx, args: CarryOut): Promise<void> {
  const { entry, decision, usable, dates, now, end } = args
  // Decided once the copy that is being made is there; what waits already goes on waiting.
  if (entry.busy) return
  if (decision.keep) {
    if (entry.deleteAfter) {
      const none = { deleteAfter: null, deletedReason: null, deleteCause: null }
      await tx.backup.update({ where: { id: entry.id }, data: none })
    }
    return carryOutCopies(tx, args)
  }
  if (!usable.has(entry.id)) return
  const reason = decision.reasons.join('; ')
  // A copy that waited alone keeps its date when the rest of the backup follows it.
  const own = entry.copies.map((copy) => copy.deleteAfter ?? dates.get(copy.destinationId) ?? now)
  const deleteAfter = entry.deleteAfter ?? new Date(Math.max(now.getTime(), ...own.map((date) => date.getTime())))
  if (deleteAfter <= now) {
    await tx.backup.update({ where: { id: entry.id }, data: { deletedAt: now, deletedReason: reason } })
    end.marked.push({ id: entry.id, reason })
  } else if (!entry.deleteAfter) {
    await tx.backup.update({
      where: { id: entry.id },
      data: { deleteAfter, deletedReason: reason, deleteCause: 'policy' },
    })
    end.planned += 1
  }
}

/** The backup stays; single copies may go all the same, by the rules of where they lie. */
async function carryOutCopies(tx: Tx, { entry, decision, usable, dates, now, end }: CarryOut): Promise<void> {
  let lost = false
  for (const { destinationId, keep, reasons } of decision.copies) {
    const copy = entry.copies.find((one) => one.destinationId === destinationId)
    if (!copy) continue
    if (keep) {
      if (copy.deleteAfter)
        await tx.backupCopy.update({ where: { id: copy.id }, data: { deleteAfter: null, deleteReason: null } })
      continue
    }
    if (!usable.has(entry.id)) continue
    const deleteReason = reasons.join('; ')
    const deleteAfter = copy.deleteAfter ?? dates.get(destinationId) ?? now
    if (deleteAfter <= now) {
      await tx.backupCopy.update({
        where: { id: copy.id },
        data: { state: 'deleted', deleteAfter, deleteReason },
      })
      lost = true
    } else if (!copy.deleteAfter) {
      await tx.backupCopy.update({ where: { id: copy.id }, data: { deleteAfter, deleteReason } })
      end.planned += 1
    }
  }
  if (lost) end.toRemove.push(entry.id)
}
