import { backupKindSchema } from '../../contracts/backup-kind'
import { copyStateSchema, verifiedSchema, type Backup, type BackupDetail, type Copy } from '../../contracts/backup'
import { engineNameSchema, failureSchema, jobStateSchema } from '../../contracts/common'
import type { Prisma } from '../generated/client'
import type { BackupModel } from '../generated/models/Backup'
import type { BackupCopyModel } from '../generated/models/BackupCopy'
import { isArchived } from '../../core/storage-care/storage-class'
import { jsonObject } from './json-object'
import { parseOrNull } from './parse-or-null'

/** What a query must include for `toBackup`; lists also omit `manifest` and `log`, which are large. */
export const backupInclude = {
  source: { select: { name: true, engine: true, catalog: true } },
  copies: { include: { destination: { select: { name: true, kind: true } } }, orderBy: { id: 'asc' } },
} as const satisfies Prisma.BackupInclude

/** Columns that lists leave out. */
export const backupListOmit = { manifest: true, log: true } as const satisfies Prisma.BackupOmit

type CopyRow = BackupCopyModel & { destination: { name: string; kind: string } }
export type BackupRow = Omit<BackupModel, 'manifest' | 'log'> & {
  source: { name: string; engine: string; catalog: boolean }
  copies: CopyRow[]
}

/** A row of the history as the API shows it. Sizes fit a number: 2^53 bytes are 8 PiB. */
export function toBackup(row: BackupRow): Backup {
  return {
    id: row.id,
    sourceId: row.sourceId,
    sourceName: row.source.name,
    engine: engineNameSchema.parse(row.source.engine),
    jobId: row.jobId,
    attempt: row.attempt,
    kind: backupKindSchema.parse(row.kind),
    status: jobStateSchema.parse(row.status),
    dueAt: row.dueAt?.toISOString() ?? null,
    startedAt: row.startedAt.toISOString(),
    finishedAt: row.finishedAt?.toISOString() ?? null,
    durationMs: row.durationMs,
    sourceBytes: Number(row.sourceBytes),
    storedBytes: Number(row.storedBytes),
    verified: verifiedSchema.parse(row.verified),
    provenAt: row.provenAt?.toISOString() ?? null,
    pinned: row.pinned,
    note: row.note,
    sample: row.sample,
    catalog: row.source.catalog,
    error: parseOrNull(failureSchema, row.error),
    withheld: row.withheld,
    deleteAfter: row.deleteAfter?.toISOString() ?? null,
    deleteCause: row.deleteCause === 'policy' || row.deleteCause === 'request' ? row.deleteCause : null,
    deletedAt: row.deletedAt?.toISOString() ?? null,
    deletedReason: row.deletedReason,
    copies: row.copies.map(toCopy),
  }
}

/** One backup with its log and manifest. */
export function toBackupDetail(row: BackupRow & Pick<BackupModel, 'manifest' | 'log'>): BackupDetail {
  return {
    ...toBackup(row),
    log: row.log,
    warnings: row.warnings,
    manifest: row.manifest === null ? null : jsonObject(row.manifest),
    manifestSha256: row.manifestSha256,
    repositoryPath: row.repositoryPath,
  }
}

function toCopy(row: CopyRow): Copy {
  return {
    destinationId: row.destinationId,
    destinationName: row.destination.name,
    state: copyStateSchema.parse(row.state),
    storedBytes: Number(row.storedBytes),
    storedAt: row.storedAt?.toISOString() ?? null,
    verifiedAt: row.verifiedAt?.toISOString() ?? null,
    storageClass: row.storageClass,
    archived: isArchived(row.destination.kind, row.storageClass),
    attempts: row.attempts,
    retryAt: row.retryAt?.toISOString() ?? null,
    deleteAfter: row.deleteAfter?.toISOString() ?? null,
    deleteReason: row.deleteReason,
    error: parseOrNull(failureSchema, row.error),
  }
}
