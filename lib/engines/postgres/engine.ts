import type { Engine } from '@/lib/ports/engine'
import { backupRoleSql } from './backup-role-sql'
import { beginBackup } from './begin-backup'
import { programFindings } from './client-findings'
import { howToRestore } from './how-to-restore'
import { inspect } from './inspect'
import { dataPartsOf } from './parts'
import { prove } from './prove'
import { restore } from './restore'
import { restoreRoleSql } from './restore-role-sql'
import { sample } from './sample'
import { standing } from './standing'
import { sweepSandboxes } from '@/lib/sandbox/sweep'
import { toSql } from './to-sql'

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
