'use client'

import { useState } from 'react'
import { useRouter } from 'next/navigation'
import { useQuery } from '@tanstack/react-query'
import { FlaskConical, RotateCcw, Trash2 } from 'lucide-react'
import Link from 'next/link'
import { SampleBadge } from '@/components/cells/sample-badge'
import { TimeCell } from '@/components/cells/time-cell'
import { Callout } from '@/components/ui/callout'
import { FailureNote } from '@/components/ui/failure-note'
import { PageHeader } from '@/components/ui/page-header'
import { ProblemNote } from '@/components/ui/problem-note'
import { SkeletonRows } from '@/components/ui/skeleton'
import { RoleButton } from '@/components/shell/role-button'
import { PlannedDeletionNote } from '@/components/retention/planned-deletion-note'
import { FailedRunActions } from '@/components/jobs/failed-run'
import { JobCard } from '@/components/jobs/job-card'
import {
  isRunAgain,
  troubleTitle,
  undeletableBecause,
  unrestorableBecause,
  unusableBecause,
} from '@/lib/client/backup-facts'
import { formatAbsolute } from '@/lib/client/format/time'
import { useViewerTimeZone } from '@/lib/client/hooks/use-viewer-time-zone'
import { backupQuery } from '@/lib/client/queries/backups'
import { isActive } from '@/lib/client/words/words'
import { BackupCopies } from './backup-copies'
import { BackupLacks } from './backup-lacks'
import { BackupLog } from './backup-log'
import { BackupSummary } from './backup-summary'
import { BackupTests } from './backup-tests'
import { BackupTimeline } from './backup-timeline'
import { DeleteBackupDialog } from './delete-backup-dialog'
import { DownloadMenu } from './download-menu'
import { KeepAndNote } from './keep-and-note'
import { ManifestCard } from './manifest-card'
import { RestoreDialog } from './restore-dialog'
import { RestoreTestDialog } from './restore-test-dialog'

export function BackupScreen({ id }: { id: string }) {
  const router = useRouter()
  const zone = useViewerTimeZone()
  const [asking, setAsking] = useState<'test' | 'restore' | 'delete' | null>(null)
  const close = (open: boolean) => setAsking(open ? asking : null)
  const { data: backup, error } = useQuery(backupQuery(id))
  const back = { href: '/admin/backups', label: 'Backups' }
  if (error && !backup)
    return (
      <>
        <PageHeader title="Backup" back={back} />
        <ProblemNote error={error} />
      </>
    )
  if (!backup)
    return (
      <>
        <PageHeader title="Backup" back={back} />
        <SkeletonRows rows={8} label="Loading the backup" />
      </>
    )
  const unusable = unusableBecause(backup)
  const unrestorable = unrestorableBecause(backup)
  const undeletable = undeletableBecause(backup)
  const name = `${backup.sourceName}, ${formatAbsolute(new Date(backup.startedAt), zone)}`
  return (
    <>
      <PageHeader
        back={back}
        title={`Backup of ${backup.sourceName}`}
        intro={
          <span className="flex flex-wrap items-center gap-2">
            <TimeCell at={backup.startedAt} form="inline" />
            {backup.sample && <SampleBadge />}
          </span>
        }
        actions={
          <>
            <RoleButton
              needs="operator"
              variant="secondary"
              disabled={unusable !== undefined}
              title={unusable}
              onClick={() => setAsking('test')}
            >
              <FlaskConical className="max-sm:hidden" aria-hidden /> Restore-test
            </RoleButton>
            <RoleButton
              needs={backup.catalog ? 'admin' : 'operator'}
              variant="secondary"
              disabled={unrestorable !== undefined}
              title={unrestorable}
              onClick={() => setAsking('restore')}
            >
              <RotateCcw className="max-sm:hidden" aria-hidden /> Restore…
            </RoleButton>
            <DownloadMenu backup={backup} name={name} />
            <RoleButton
              needs="admin"
              variant="ghost"
              size="icon"
              aria-label="Delete this backup"
              title={undeletable ?? 'Delete this backup'}
              disabled={undeletable !== undefined}
              onClick={() => setAsking('delete')}
            >
              <Trash2 aria-hidden />
            </RoleButton>
          </>
        }
      />
      <div className="space-y-5">
        {backup.deletedAt && (
          <Callout tone="warn" title="This backup has been deleted">
            {backup.deletedReason ?? 'No reason was recorded.'} <TimeCell at={backup.deletedAt} form="inline" />
          </Callout>
        )}
        <PlannedDeletionNote backup={backup} />
        {isActive(backup.status) && <JobCard jobId={backup.jobId} subject={backup.sourceName} />}
        {backup.error && (
          <FailureNote
            failure={backup.error}
            title={troubleTitle(backup)}
            actions={isRunAgain(backup) && <FailedRunActions backup={backup} />}
          />
        )}
        <BackupLacks withheld={backup.withheld} warnings={backup.warnings}>
          Test the connection of{' '}
          <Link href={`/admin/sources/${backup.sourceId}`} className="underline underline-offset-4">
            {backup.sourceName}
          </Link>
          : it says what to do.
        </BackupLacks>
        <div className="grid gap-5 lg:grid-cols-[1.25fr_1fr]">
          <BackupSummary backup={backup} />
          <KeepAndNote key={backup.note ?? ''} backup={backup} />
        </div>
        <BackupCopies backup={backup} />
        <BackupTests backupId={backup.id} />
        <BackupTimeline backup={backup} />
        <ManifestCard backup={backup} />
        <BackupLog log={backup.log} running={isActive(backup.status)} />
      </div>
      {asking === 'test' && (
        <RestoreTestDialog open onOpenChange={close} backupId={backup.id} name={name} engine={backup.engine} />
      )}
      {asking === 'restore' && <RestoreDialog open onOpenChange={close} backup={backup} />}
      {asking === 'delete' && (
        <DeleteBackupDialog open onOpenChange={close} backup={backup} onDeleted={() => router.push('/admin/backups')} />
      )}
    </>
  )
}
