import { logObjectOf } from './log-paths'
import { backupFolderOf, signedListOf } from './paths'
import { setObjectOf } from './set-paths'

/** What a key belongs to, by its form alone. */
export type RepositoryPlace =
  | { kind: 'backup'; folder: string; backupId: string }
  | { kind: 'list'; sourceId: string; number: number }
  | { kind: 'log' }
  | { kind: 'set' }

/** What a key is in the repository's layout; null for a key that Holdfast never writes. */
export function placeOf(key: string): RepositoryPlace | null {
  const backup = backupFolderOf(key)
  if (backup) return { kind: 'backup', ...backup }
  const list = signedListOf(key)
  if (list) return { kind: 'list', ...list }
  if (logObjectOf(key)) return { kind: 'log' }
  return setObjectOf(key) ? { kind: 'set' } : null
}
