import type { Backup } from '@/lib/contracts/backup'
import type { RestoreGrant } from '@/lib/contracts/people/restore-grant'
import type { Source } from '@/lib/contracts/source'

/** Sources whose servers a backup may be restored to: its own first, then those that an administrator allowed. */
export function restoreTargets(
  backup: Pick<Backup, 'sourceId'>,
  sources: readonly Source[],
  grants: readonly RestoreGrant[],
): Source[] {
  const granted = new Set(grants.map((grant) => grant.targetId))
  const open = sources.filter((source) => !source.catalog)
  return [
    ...open.filter((source) => source.id === backup.sourceId),
    ...open.filter((source) => source.id !== backup.sourceId && granted.has(source.id)),
  ]
}
