import type { BackupMethod } from '@/lib/ports/backup-method'
import { beginIncremental, beginSnapshot } from './begin'
import { howToRestore } from './how-to-restore'
import { prove } from './prove'
import { restore } from './restore'

const common = {
  prove,
  restore,
  dataParts: (manifest) => manifest.parts,
  howToRestore,
} satisfies Partial<BackupMethod>

/** Everything in the folder: tar archives, and an index that tells what is where. */
export const snapshot: BackupMethod = { begin: beginSnapshot, ...common }

/** What changed since the backup before, and what was removed; the index has the whole tree. */
export const incremental: BackupMethod = { begin: beginIncremental, ...common }
