import type { RecoveryMethod } from '@/lib/ports/recovery-method'
import { checkTakeTarget } from './check-take-target'
import { findRecord } from './find-record'
import { checkDirectory } from './hand-over-data'
import { markPoint } from './mark-point'
import { openPoint } from './open-point'

/** A base backup and its log become a server at any point of it. */
export const recovery: RecoveryMethod = {
  open: openPoint,
  checkTarget: checkTakeTarget,
  checkDirectory,
  finder: findRecord,
  markPoint,
}
