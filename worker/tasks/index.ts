import type { JobKind } from '@/lib/contracts/job'
import type { Task } from '../task'
import { backupTask } from './backup'
import { cleanupTask } from './cleanup'
import { copyTask } from './copy'
import { inventoryTask } from './inventory'
import { recoveryTask } from './recovery'
import { restoreTask } from './restore'
import { restoreTestTask } from './restore-test'
import { retentionTask } from './retention'
import { reverifyTask } from './reverify'
import { rewrapTask } from './rewrap'

/** The only list of what a worker can do. */
export const tasks: Record<JobKind, Task> = {
  backup: backupTask,
  'restore-test': restoreTestTask,
  restore: restoreTask,
  recovery: recoveryTask,
  retention: retentionTask,
  cleanup: cleanupTask,
  copy: copyTask,
  reverify: reverifyTask,
  inventory: inventoryTask,
  rewrap: rewrapTask,
}
