import type { BackupMethod } from '@/lib/ports/backup-method'
import { dataPartsOf } from './archive/parts'
import { beginBackup } from './dump/begin-backup'
import { sample } from './dump/sample'
import { howToRestore } from './export/how-to-restore'
import { toSql } from './export/to-sql'
import { prove } from './prove/prove'
import { restore } from './restore/restore'

/** A dump: pg_dump custom archives of one snapshot, and what pg_dumpall says of roles and tablespaces. */
export const logical: BackupMethod = {
  begin: beginBackup,
  prove,
  restore,
  dataParts: dataPartsOf,
  howToRestore,
  exports: { sql: { extension: '.sql', contentType: 'application/sql; charset=utf-8', open: toSql } },
  sample,
}
