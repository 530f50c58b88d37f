import { destinationContract } from '@/lib/contracts/destinations/index'
import { isWithLog } from '@/lib/contracts/engines/index'
import { measuresSchema, type Measure } from '@/lib/contracts/repository/measure'
import { assignIdentities } from '@/lib/core/retention/assign-identities'
import type { HeldCopy, HistoryEntry } from '@/lib/core/retention/plan-copies'
import type { Tx } from '@/lib/db/client'

export interface HistoryCopy extends HeldCopy {
  id: string
  kind: string
  /** As the store reports it, else as the destination is configured; what it costs goes by it. */
  storageClass: string
  destinationName: string
  deleteAfter: Date | null
}

/** An entry as the planner takes it, with what the services need beside it. */
export interface HistoryRow extends HistoryEntry {
  copies: HistoryCopy[]
  sourceBytes: number
  /** What its engine counted. */
  measures: Measure[]
  deleteAfter: Date | null
  deletedReason: string | null
}

export interface SourceHistory {
  /** What retention decides on. */
  entries: HistoryRow[]
  /** What somebody asked to be deleted: it counts for nothing any more, and only that person's undo takes it back. */
  requested: HistoryRow[]
}

/** Every finished backup of a source that is not deleted, sample data left out. */
export async function loadHistory(tx: Tx, sourceId: string): Promise<SourceHistory> {
  const rows = await tx.backup.findMany({
    where: { sourceId, deletedAt: null, status: { notIn: ['running', 'queued'] }, sample: false },
    select: {
      id: true,
      kind: true,
      source: { select: { engine: true } },
      startedAt: true,
      status: true,
      verified: true,
      damagedAtSource: true,
      pinned: true,
      identity: true,
      dependsOn: true,
      sourceBytes: true,
      measures: true,
      deleteAfter: true,
      deleteCause: true,
      deletedReason: true,
      copies: {
        where: { state: { in: ['stored', 'damaged', 'pending', 'uploading'] } },
        select: {
          id: true,
          destinationId: true,
          state: true,
          storedBytes: true,
          storageClass: true,
          deleteAfter: true,
          destination: { select: { name: true, kind: true, config: true } },
        },
      },
    },
    orderBy: { startedAt: 'desc' },
  })
  const isHeld = (state: string) => state === 'stored' || state === 'damaged'
  const history = rows.map((row) => ({
    id: row.id,
    startedAt: row.startedAt,
    sound: ['succeeded', 'partial'].includes(row.status) && row.verified !== 'broken',
    damagedAtSource: row.damagedAtSource,
    pinned: row.pinned,
    busy: row.copies.some((copy) => !isHeld(copy.state)),
    dependsOn: row.dependsOn,
    identity: row.identity,
    needsLog: isWithLog({ engine: row.source.engine, kind: row.kind }),
    sourceBytes: Number(row.sourceBytes),
    measures: measuresSchema.parse(row.measures),
    deleteAfter: row.deleteAfter,
    deletedReason: row.deletedReason,
    asked: row.deleteAfter !== null && row.deleteCause === 'request',
    copies: row.copies
      .filter((copy) => isHeld(copy.state))
      .map((copy) => ({
        id: copy.id,
        destinationId: copy.destinationId,
        destinationName: copy.destination.name,
        kind: copy.destination.kind,
        storageClass:
          copy.storageClass ?? destinationContract(copy.destination.kind).defaultClass(copy.destination.config),
        stored: copy.state === 'stored',
        storedBytes: Number(copy.storedBytes),
        deleteAfter: copy.deleteAfter,
      })),
  }))
  const known = assignIdentities(history)
  return { entries: known.filter((row) => !row.asked), requested: known.filter((row) => row.asked) }
}

/** Whether it can be restored from at least one copy, as far as is known. */
export const isGood = (entry: Pick<HistoryEntry, 'sound' | 'copies'>): boolean =>
  entry.sound && entry.copies.some((copy) => copy.stored)
