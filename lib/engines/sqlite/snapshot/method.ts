import type { BackupMethod } from '@/lib/ports/backup-method'
import { begin } from './begin'
import { howToRestore } from './export/how-to-restore'
import { toSql } from './export/to-sql'
import { dataParts } from './facts'
import { prove } from './prove/prove'
import { restore } from './restore/restore'

/** Copies of the database files, each within one read transaction. */
export const snapshot: BackupMethod = {
  begin,
  prove,
  restore,
  dataParts,
  howToRestore,
  exports: { sql: { extension: '.sql', contentType: 'application/sql; charset=utf-8', open: toSql } },
}
