import type { Backup, Copy } from '@/lib/contracts/backup'
import { isWithLog } from '@/lib/contracts/engines/index'
import { isActive } from './words/words'

/** Whether there is a stored copy to test, download or restore. */
export function hasCopies(backup: Pick<Backup, 'copies' | 'deletedAt'>): boolean {
  return backup.deletedAt === null && backup.copies.some((copy) => copy.state === 'stored')
}

/** Whether its sizes say something: of a run that failed early, zero is not a size. */
export function isSized(backup: Pick<Backup, 'copies' | 'deletedAt' | 'sourceBytes'>): boolean {
  return backup.sourceBytes > 0 || hasCopies(backup)
}

/** Why nothing can be done with a backup's bytes, or nothing when it can. */
export function unusableBecause(backup: Pick<Backup, 'copies' | 'deletedAt' | 'status'>): string | undefined {
  if (backup.deletedAt) return 'This backup has been deleted'
  if (isActive(backup.status)) return 'This backup is still being taken'
  return hasCopies(backup) ? undefined : 'No copy of this backup is stored'
}

/** Why it cannot be restored from here, or nothing when it can. */
export function unrestorableBecause(
  backup: Pick<Backup, 'copies' | 'deletedAt' | 'status' | 'engine' | 'kind'>,
): string | undefined {
  const byHand = 'A base backup is recovered with the commands in its RESTORE.md'
  return unusableBecause(backup) ?? (isWithLog(backup) ? byHand : undefined)
}

/** Why it cannot be deleted, or nothing when it can. */
export function undeletableBecause(backup: Pick<Backup, 'deletedAt' | 'deleteCause' | 'status'>): string | undefined {
  if (backup.deletedAt) return 'Already deleted'
  if (backup.deleteCause === 'request') return 'Waits to be deleted'
  return isActive(backup.status) ? 'This backup is still being taken' : undefined
}

/** A run that ended badly and can be run again; a partial backup's missing copies are tried again on their own. */
export const isRunAgain = ({ status }: Pick<Backup, 'status'>): boolean =>
  ['failed', 'interrupted', 'missed'].includes(status)

/** Over what a finished backup's error says. */
export function troubleTitle({ status, error }: Pick<Backup, 'status' | 'error'>): string {
  if (status !== 'partial') return 'The backup did not succeed'
  return error?.code === 'copy-behind' ? 'A copy is still to come' : 'A copy is missing'
}

/** Whether a copy is on its way; its message is a reason then and no failure. */
export const isAwaited = ({ state }: Pick<Copy, 'state'>): boolean => state === 'pending' || state === 'uploading'
