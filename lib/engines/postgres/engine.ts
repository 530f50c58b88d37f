import type { Engine } from '@/lib/ports/engine'
import { inspect } from './inspect'
import { backupRoleSql } from './inspect/backup-role-sql'
import { programFindings } from './inspect/client-findings'
import { restoreRoleSql } from './inspect/restore-role-sql'
import { standing } from './inspect/standing'
import { walLog } from './log/method'
import { logical } from './logical/method'
import { base, incremental } from './physical/method'
import { recovery } from './physical/point/method'

export const postgres: Engine = {
  name: 'postgres',
  methods: { logical, base, incremental },
  log: walLog,
  recovery,
  inspect,
  programFindings,
  roles: { backupRoleSql, restoreRoleSql, standing },
}
