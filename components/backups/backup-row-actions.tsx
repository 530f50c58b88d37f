'use client'

import { useState } from 'react'
import { FlaskConical, Trash2 } from 'lucide-react'
import type { Backup } from '@/lib/contracts/backup'
import { RoleButton } from '@/components/shell/role-button'
import { undeletableBecause, unusableBecause } from '@/lib/client/backup-facts'
import { formatAbsolute } from '@/lib/client/format/time'
import { useViewerTimeZone } from '@/lib/client/hooks/use-viewer-time-zone'
import { DeleteBackupDialog } from './delete-backup-dialog'
import { DownloadMenu } from './download-menu'
import { RestoreTestDialog } from './restore-test-dialog'

/** On a phone the test alone: the rest is on the backup's own page. */
export function BackupRowActions({ backup }: { backup: Backup }) {
  const [asking, setAsking] = useState<'test' | 'delete' | null>(null)
  const zone = useViewerTimeZone()
  const close = (open: boolean) => setAsking(open ? asking : null)
  const reason = unusableBecause(backup)
  const undeletable = undeletableBecause(backup)
  const name = `${backup.sourceName}, ${formatAbsolute(new Date(backup.startedAt), zone)}`
  return (
    <div className="flex justify-end gap-1">
      <RoleButton
        needs="operator"
        variant="secondary"
        size="icon"
        disabled={reason !== undefined}
        title={reason ?? 'Restore-test'}
        aria-label={`Restore-test ${name}`}
        onClick={() => setAsking('test')}
      >
        <FlaskConical aria-hidden />
      </RoleButton>
      <span className="flex gap-1 max-sm:hidden">
        <DownloadMenu backup={backup} name={name} compact />
        <RoleButton
          needs="admin"
          variant="ghost"
          size="icon"
          disabled={undeletable !== undefined}
          title={undeletable ?? 'Delete'}
          aria-label={`Delete ${name}`}
          onClick={() => setAsking('delete')}
        >
          <Trash2 aria-hidden />
        </RoleButton>
      </span>
      {asking === 'test' && (
        <RestoreTestDialog open onOpenChange={close} backupId={backup.id} name={name} engine={backup.engine} />
      )}
      {asking === 'delete' && <DeleteBackupDialog open onOpenChange={close} backup={backup} />}
    </div>
  )
}
