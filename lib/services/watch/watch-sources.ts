import { z } from 'zod'
import type { AlertEvent } from '@/lib/contracts/alerting/alert'
import { copyStateSchema } from '@/lib/contracts/backup'
import { copyRuleSchema, destinationOptionsSchema, type CopyRule } from '@/lib/contracts/operations'
import { isInTime } from '@/lib/core/copy/behind'
import { copyRuleMet, copyRuleWords } from '@/lib/core/health/copy-rule'
import { rolePasswords } from '@/lib/core/health/role-passwords'
import { sourceFindings, type WatchedSource } from '@/lib/core/health/source-findings'
import type { Tx } from '@/lib/db/client'
import type { ServiceContext } from '../context'
import { rpoOf } from '@/lib/services/copy/update-partial-backup'
import { proofValidMs, readSourceFacts } from '../status/source-facts'
import { updateIncidents } from './update-incidents'

const events: AlertEvent[] = [
  'exposure-over-objective',
  'restore-over-objective',
  'restore-test-overdue',
  'copies-missing',
  'backup-incomplete',
]

const ruleSchema = z.object({ copyRule: copyRuleSchema.optional() })

/** Holds every source against its objectives, its restore-test schedule and its copy rule. A few queries for all of them. */
export async function watchSources(args: { ctx: Pick<ServiceContext, 'db'>; now: Date }): Promise<void> {
  const { db } = args.ctx
  const { now } = args
  const sources = await watchedSources(db, now)
  const found = sources.flatMap((source) =>
    sourceFindings(source, now).map((finding) => ({ subjectId: source.id, sourceId: source.id, finding })),
  )
  await updateIncidents(db, { events, found, now })
}

async function watchedSources(tx: Tx, now: Date): Promise<WatchedSource[]> {
  const [facts, sources, schedules] = await Promise.all([
    readSourceFacts(tx, now),
    tx.source.findMany({ where: { deletedAt: null }, select: { id: true, createdAt: true, options: true } }),
    tx.schedule.findMany({
      where: { deletedAt: null, enabled: true, action: 'restore-test' },
      select: { sourceId: true, cron: true, timeZone: true, createdAt: true },
    }),
  ])
  const rows = new Map(sources.map((source) => [source.id, source]))
  const tests = Map.groupBy(schedules, (schedule) => schedule.sourceId)
  const rules = new Map<string, CopyRule>()
  for (const { id, goodId } of facts) {
    const rule = ruleSchema.parse(rows.get(id)?.options ?? {}).copyRule
    if (rule && goodId) rules.set(goodId, rule)
  }
  const copies = await judgedCopies(tx, rules, now)
  const lacks = await readLacks(
    tx,
    facts.flatMap(({ goodId }) => goodId ?? []),
  )
  return facts.map((source) => {
    const own = tests.get(source.id) ?? []
    const validMs = own.length > 0 ? proofValidMs(own, now) : null
    const since = new Date(Math.min(now.getTime(), ...own.map((schedule) => schedule.createdAt.getTime())))
    return {
      id: source.id,
      name: source.name,
      createdAt: rows.get(source.id)?.createdAt ?? now,
      lastGoodAt: source.storedUntil,
      lastProvenAt: source.provenAt,
      provenUpTo: source.provenUntil,
      isLogged: source.isLogged,
      restoreDurationMs: source.restoreDurationMs,
      rpoObjectiveMs: source.rpoObjectiveMs,
      rtoObjectiveMs: source.rtoObjectiveMs,
      proof: validMs === null ? null : { validMs, since },
      copies: copies.get(source.goodId ?? '') ?? null,
      lacks: lacks.get(source.goodId ?? '') ?? null,
    }
  })
}

/** What backups lack, and what their tools warned of; those that lack nothing are left out. */
async function readLacks(tx: Tx, ids: string[]): Promise<Map<string, WatchedSource['lacks']>> {
  const rows = await tx.backup.findMany({
    where: { id: { in: ids }, OR: [{ withheld: { isEmpty: false } }, { warnings: { isEmpty: false } }] },
    select: { id: true, withheld: true, warnings: true },
  })
  return new Map(
    rows.flatMap(({ id, withheld, warnings }) => {
      const lacks = { withheld: withheld.filter((what) => what !== rolePasswords), warnings }
      return lacks.withheld.length + warnings.length > 0 ? [[id, lacks]] : []
    }),
  )
}

/**
 * The newest good backups of sources with a copy rule, held against it. What they did not wait for and is being caught up
 * is not missed before it is late.
 */
async function judgedCopies(
  tx: Tx,
  rules: Map<string, CopyRule>,
  now: Date,
): Promise<Map<string, { met: boolean; message: string }>> {
  if (rules.size === 0) return new Map()
  const rows = await tx.backupCopy.findMany({
    where: { backupId: { in: [...rules.keys()] } },
    select: {
      backupId: true,
      state: true,
      error: true,
      destination: { select: { options: true } },
      backup: { select: { finishedAt: true, source: { select: { options: true } } } },
    },
  })
  const byBackup = Map.groupBy(rows, (row) => row.backupId)
  return new Map(
    [...rules].map(([backupId, rule]) => {
      const copies = (byBackup.get(backupId) ?? []).map((row) => ({
        state: copyStateSchema.parse(row.state),
        site: destinationOptionsSchema.parse(row.destination.options).site ?? null,
        follows: isInTime(row, { ...row.backup, rpoObjectiveMs: rpoOf(row.backup.source) }, now),
      }))
      const expected = copies.map((copy) => (copy.follows ? { ...copy, state: 'stored' as const } : copy))
      return [backupId, { met: copyRuleMet({ copies: expected, rule }), message: copyRuleWords({ copies, rule }) }]
    }),
  )
}
