'use client'

import { useState } from 'react'
import { FlaskConical, Play } from 'lucide-react'
import type { SourceStatus } from '@/lib/contracts/status'
import { BackupNowDialog } from '@/components/backups/backup-now-dialog'
import { RestoreTestDialog } from '@/components/backups/restore-test-dialog'
import { RoleButton } from '@/components/shell/role-button'

interface SourceActionsProps {
  source: Pick<SourceStatus, 'sourceId' | 'sourceName' | 'engine' | 'lastGoodBackup'>
  /** Signs without words, for the rows of a table. */
  compact?: boolean
}

export function SourceActions({ source, compact }: SourceActionsProps) {
  const [asking, setAsking] = useState<'backup' | 'test' | null>(null)
  const close = (open: boolean) => setAsking(open ? asking : null)
  return (
    <div className="flex justify-end gap-1.5">
      <RoleButton
        needs="operator"
        variant="secondary"
        size={compact ? 'icon' : 'sm'}
        title="Back up now"
        aria-label={`Back up ${source.sourceName} now`}
        onClick={() => setAsking('backup')}
      >
        <Play className={compact ? '' : 'max-sm:hidden'} aria-hidden /> {!compact && 'Back up now'}
      </RoleButton>
      <RoleButton
        needs="operator"
        variant="secondary"
        size={compact ? 'icon' : 'sm'}
        disabled={!source.lastGoodBackup}
        title={source.lastGoodBackup ? 'Restore-test' : 'There is no good backup to test yet'}
        aria-label={`Restore-test ${source.sourceName}`}
        onClick={() => setAsking('test')}
      >
        <FlaskConical className={compact ? '' : 'max-sm:hidden'} aria-hidden /> {!compact && 'Restore-test'}
      </RoleButton>
      {asking === 'backup' && <BackupNowDialog open onOpenChange={close} sourceId={source.sourceId} />}
      {asking === 'test' && (
        <RestoreTestDialog
          open
          onOpenChange={close}
          sourceId={source.sourceId}
          name={source.sourceName}
          engine={source.engine}
        />
      )}
    </div>
  )
}
