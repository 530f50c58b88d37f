import { HoldfastError } from '@/lib/core/holdfast-error'
import type { BackupMethod } from '@/lib/ports/backup-method'
import { beginBase, beginIncremental } from './begin/begin-base'
import { howToRestore } from './how-to-restore'
import { prove } from './prove/prove'

/** A base backup: all files of a cluster, which its log makes consistent. */
export const base: BackupMethod = {
  begin: beginBase,
  prove,
  restore: () => Promise.reject(notYet()),
  dataParts: ({ parts }) => parts.filter(({ role }) => role === 'base' || role === 'tablespace'),
  howToRestore,
}

/** The blocks that changed since the backup before: combined with those it builds on it is a base backup. */
export const incremental: BackupMethod = { ...base, begin: beginIncremental }

const notYet = () =>
  new HoldfastError('kind-unsupported', 'This version of Holdfast does not restore a base backup into a server.', {
    remedy:
      'A restore test recovers it in a sandbox, and RESTORE.md beside the backup has the commands that make a server of it by hand. To restore into a server from here, take a dump.',
  })
