'use client'

import type { Source } from '@/lib/contracts/source'
import { ConfirmDialog } from '@/components/ui/confirm-dialog'
import { api } from '@/lib/client/api'
import { useAction } from '@/lib/client/use-action'

interface DeleteSourceDialogProps {
  open: boolean
  onOpenChange: (open: boolean) => void
  source: Source
  /** Null while it is not known. */
  backupCount: number | null
  onDeleted: () => void
}

export function DeleteSourceDialog({ open, onOpenChange, source, backupCount, onDeleted }: DeleteSourceDialogProps) {
  const remove = useAction({
    run: () => api<void>(`/admin/sources/${source.id}`, { method: 'DELETE' }),
    done: `${source.name} is no longer protected`,
    errors: 'inline',
    onDone: onDeleted,
  })
  return (
    <ConfirmDialog
      open={open}
      onOpenChange={onOpenChange}
      title={`Delete the source ${source.name}?`}
      action="Delete the source"
      pending={remove.isPending}
      error={remove.error}
      typeToConfirm={source.name}
      onConfirm={() => remove.mutate(undefined)}
    >
      <p>Its schedules and its stored password are deleted, and no backup of it is taken any more.</p>
      <p>
        {backupCount === null ? 'Its backups' : backupCount === 1 ? 'Its one backup' : `Its ${backupCount} backups`}{' '}
        stay, listed and restorable, until they are deleted by hand.
      </p>
    </ConfirmDialog>
  )
}
