import type { Engine } from '@/lib/ports/engine'
import { backupRoleSql } from './inspect/backup-role-sql'
import { beginBackup } from './logical/dump/begin-backup'
import { programFindings } from './inspect/client-findings'
import { howToRestore } from './logical/export/how-to-restore'
import { inspect } from './inspect'
import { dataPartsOf } from './logical/archive/parts'
import { prove } from './logical/prove/prove'
import { restore } from './logical/restore/restore'
import { restoreRoleSql } from './inspect/restore-role-sql'
import { sample } from './logical/dump/sample'
import { standing } from './inspect/standing'
import { sweepSandboxes } from '@/lib/sandbox/sweep'
import { toSql } from './logical/export/to-sql'

/** PostgreSQL, logical: pg_dump custom archives and pg_dumpall globals. */
export const postgres: Engine = {
  name: 'postgres',
  inspect,
  programFindings,
  backupRoleSql,
  sample,
  beginBackup,
  dataParts: dataPartsOf,
  howToRestore,
  prove,
  restore,
  standing,
  restoreRoleSql,
  toSql,
  sweepSandboxes,
}
