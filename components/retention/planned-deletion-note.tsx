'use client'

import type { BackupDetail } from '@/lib/contracts/backup'
import { TimeCell } from '@/components/cells/time-cell'
import { RoleButton } from '@/components/shell/role-button'
import { Callout } from '@/components/ui/callout'
import { api } from '@/lib/client/api'
import { useAction } from '@/lib/client/hooks/use-action'

/** When a backup, or a copy of it, will be deleted, and the way back; nothing where none is planned. */
export function PlannedDeletionNote({ backup }: { backup: BackupDetail }) {
  const keep = useAction({
    run: () => api<unknown>(`/admin/backups/${backup.id}/keep`, { method: 'POST' }),
    done: backup.deleteCause === 'request' ? 'The backup is kept' : 'The backup is kept: it is pinned now',
  })
  const copies = backup.copies.filter((copy) => copy.deleteAfter && copy.state !== 'deleted')
  if (backup.deletedAt || (!backup.deleteAfter && copies.length === 0)) return null
  return (
    <Callout
      tone="warn"
      title={backup.deleteAfter ? 'This backup will be deleted' : 'A copy of this backup will be deleted'}
      actions={
        <RoleButton
          needs="operator"
          variant="secondary"
          size="sm"
          pending={keep.isPending}
          title={backup.deleteCause === 'request' ? undefined : 'Pins it, so that its policy does not plan it again'}
          onClick={() => keep.mutate(undefined)}
        >
          Keep this backup
        </RoleButton>
      }
    >
      {backup.deleteAfter ? (
        <p>
          <TimeCell at={backup.deleteAfter} form="inline" />: {backup.deletedReason ?? 'no reason was recorded'}.
        </p>
      ) : (
        <ul>
          {copies.map((copy) => (
            <li key={copy.destinationId}>
              In {copy.destinationName} <TimeCell at={copy.deleteAfter} form="inline" />: {copy.deleteReason}.
            </li>
          ))}
        </ul>
      )}
    </Callout>
  )
}
