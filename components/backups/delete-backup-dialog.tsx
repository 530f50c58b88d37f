'use client'

import type { Backup } from '@/lib/contracts/backup'
import { BytesCell } from '@/components/cells/bytes-cell'
import { TimeCell } from '@/components/cells/time-cell'
import { ConfirmDialog } from '@/components/ui/confirm-dialog'
import { api } from '@/lib/client/api'
import { useAction } from '@/lib/client/use-action'

interface DeleteBackupDialogProps {
  open: boolean
  onOpenChange: (open: boolean) => void
  backup: Backup
  onDeleted?: () => void
}

export function DeleteBackupDialog({ open, onOpenChange, backup, onDeleted }: DeleteBackupDialogProps) {
  const remove = useAction({
    run: () => api<unknown>(`/admin/backups/${backup.id}`, { method: 'DELETE' }),
    done: 'The backup is being deleted',
    errors: 'inline',
    onDone: () => {
      onOpenChange(false)
      onDeleted?.()
    },
  })
  const copies = backup.copies.filter((copy) => copy.state !== 'deleted')
  return (
    <ConfirmDialog
      open={open}
      onOpenChange={onOpenChange}
      title={`Delete this backup of ${backup.sourceName}?`}
      action="Delete the backup"
      pending={remove.isPending}
      error={remove.error}
      onConfirm={() => remove.mutate(undefined)}
    >
      <p>
        Taken <TimeCell at={backup.startedAt} form="inline" />
        {backup.verified === 'proven' && <>, and proven restorable</>}. It cannot be restored any more. This cannot be
        undone.
      </p>
      {copies.length > 0 ? (
        <ul className="list-disc pl-5">
          {copies.map((copy) => (
            <li key={copy.destinationId}>
              <BytesCell bytes={copy.storedBytes} /> in {copy.destinationName}
            </li>
          ))}
        </ul>
      ) : (
        <p>No copy of it is stored; only its line in the history goes.</p>
      )}
      {backup.pinned && <p className="font-medium text-bad">It is pinned: someone wanted it to be kept.</p>}
    </ConfirmDialog>
  )
}
