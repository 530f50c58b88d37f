import { type Manifest, manifestSchema } from '@/lib/contracts/repository/manifest'
import type { TimelineHistory } from '@/lib/core/log/timeline-history'
import type { RecoveryBase, StoredLog, StoredRange } from '@/lib/core/recovery/stored-log'
import type { Tx } from '@/lib/db/client'
import type { LogMethod } from '@/lib/ports/log-method'
import { goodBackupWhere } from '@/lib/services/backup/good-backups'

export interface StoredLogOf {
  sourceId: string
  identity: string
  /** What lies in this destination alone; absent: what lies in any. */
  destinationId?: string
}

/** What a recovery can be made from: base backups and ranges of the log. Segments are not looked at, however many there are. */
export async function readStoredLog(tx: Tx, method: LogMethod, of: StoredLogOf): Promise<StoredLog> {
  const { sourceId, identity, destinationId } = of
  const at = destinationId === undefined ? {} : { destinationId }
  const timelines = await tx.logTimeline.findMany({ where: { sourceId, identity } })
  const rows = await tx.logRange.findMany({ where: { sourceId, identity, ...at } })
  const stream = await tx.logStream.findUnique({ where: { sourceId } })
  const ranges = rows.map((row): StoredRange => {
    // What the follower knows of now belongs to the end of what it stored.
    const isNewest =
      stream?.identity === identity && stream.timeline === row.timeline && stream.storedPosition === row.to
    return {
      timeline: row.timeline,
      from: row.fromOrder,
      to: row.toOrder,
      lastCommitAt: row.lastCommitAt,
      coveredUntil: isNewest ? (stream.coveredUntil ?? row.coveredUntil) : row.coveredUntil,
      endsBecause: row.endsBecause,
    }
  })
  return { bases: await readBases(tx, method, of), ranges, histories: timelines.flatMap(historyOf(method)) }
}

const historyOf =
  (method: LogMethod) =>
  ({ timeline, history }: { timeline: string; history: string | null }): TimelineHistory[] =>
    history === null ? [] : [method.history(timeline, history)]

/** Good base backups, of one destination or of any; an incremental one only with all that it builds on. */
export async function readBases(tx: Tx, method: LogMethod, of: StoredLogOf): Promise<RecoveryBase[]> {
  const backups = await tx.backup.findMany({
    where: {
      ...goodBackupWhere,
      sourceId: of.sourceId,
      manifest: { path: ['range', 'identity'], equals: of.identity },
      copies: {
        some: { state: 'stored', ...(of.destinationId === undefined ? {} : { destinationId: of.destinationId }) },
      },
    },
    select: { id: true, manifest: true, dependsOn: true },
  })
  // What an incremental one builds on is of the same server, and so is among these.
  const found = new Set(backups.map(({ id }) => id))
  return backups.flatMap(({ manifest, dependsOn }) => {
    if (!dependsOn.every((id) => found.has(id))) return []
    const parsed = manifestSchema.parse(manifest)
    return parsed.range?.identity === of.identity ? (baseOf(method, parsed) ?? []) : []
  })
}

/** A base backup as recovery sees it; null for backups that need no log. */
export function baseOf(
  method: LogMethod,
  { backupId, range, earliestTarget }: Pick<Manifest, 'backupId' | 'range' | 'earliestTarget'>,
): RecoveryBase | null {
  if (range === null || earliestTarget === null) return null
  return {
    backupId,
    timeline: range.timeline,
    start: method.order(range.from),
    end: method.order(range.to),
    endedAt: new Date(earliestTarget),
  }
}
