'use client'

import { useState } from 'react'
import { useQuery } from '@tanstack/react-query'
import type { Backup } from '@/lib/contracts/backup'
import { BytesCell } from '@/components/cells/bytes-cell'
import { TimeCell } from '@/components/cells/time-cell'
import { Checkbox } from '@/components/ui/check'
import { ConfirmDialog } from '@/components/ui/confirm-dialog'
import { api, search } from '@/lib/client/api'
import { accessSettingsQuery } from '@/lib/client/queries/access'
import { useAction } from '@/lib/client/hooks/use-action'

interface DeleteBackupDialogProps {
  open: boolean
  onOpenChange: (open: boolean) => void
  backup: Backup
  onDeleted?: () => void
}

export function DeleteBackupDialog({ open, onOpenChange, backup, onDeleted }: DeleteBackupDialogProps) {
  const [immediately, setImmediately] = useState(false)
  const operations = useQuery(accessSettingsQuery())
  const graceDays = operations.data?.retention.graceDays
  const atOnce = immediately || graceDays === 0
  const remove = useAction({
    run: () => {
      const query = search(immediately ? { immediately: true, confirm: backup.sourceName } : {})
      return api<unknown>(`/admin/backups/${backup.id}${query}`, { method: 'DELETE' })
    },
    done: () => (atOnce ? 'The backup is being deleted' : 'The backup will be deleted after the grace time'),
    errors: 'inline',
    onDone: () => {
      onOpenChange(false)
      onDeleted?.()
    },
  })
  const copies = backup.copies.filter((copy) => copy.state !== 'deleted')
  return (
    <ConfirmDialog
      key={String(immediately)}
      open={open}
      onOpenChange={onOpenChange}
      title={`Delete this backup of ${backup.sourceName}?`}
      action="Delete the backup"
      pending={remove.isPending}
      error={remove.error}
      {...(immediately ? { typeToConfirm: backup.sourceName } : {})}
      onConfirm={() => remove.mutate(undefined)}
    >
      <p>
        Taken <TimeCell at={backup.startedAt} form="inline" />
        {backup.verified === 'proven' && <>, and proven restorable</>}.{' '}
        {atOnce
          ? 'It can no longer be restored. This cannot be undone.'
          : `It is deleted ${graceDays === undefined ? 'after the grace time' : `in ${graceDays} ${graceDays === 1 ? 'day' : 'days'}`}; until then it can be kept after all, on its page.`}
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
      {graceDays !== 0 && (
        <Checkbox
          label="Delete it at once"
          hint="This cannot be undone"
          checked={immediately}
          onChange={setImmediately}
        />
      )}
    </ConfirmDialog>
  )
}
