'use client'

import { useRouter } from 'next/navigation'
import { useQuery } from '@tanstack/react-query'
import { Pencil } from 'lucide-react'
import { knownContract } from '@/lib/contracts/engines/index'
import type { SourceStatus } from '@/lib/contracts/status'
import { BackupHistory } from '@/components/backups/backup-history'
import { SampleBadge } from '@/components/cells/sample-badge'
import { engineScreen, engineTitle } from '@/components/engines/index'
import { JobProgress } from '@/components/jobs/job-progress'
import { ContinuousCard } from '@/components/recovery/continuous-card'
import { RetentionPauseNote } from '@/components/retention/retention-pause-note'
import { DeleteAction } from '@/components/shell/delete-action'
import { RoleLink } from '@/components/shell/role-link'
import { SourceActions } from '@/components/status/source-actions'
import { Card, CardHeader } from '@/components/ui/card'
import { PageHeader } from '@/components/ui/page-header'
import { ProblemNote } from '@/components/ui/problem-note'
import { SkeletonRows } from '@/components/ui/skeleton'
import { sourceQuery } from '@/lib/client/queries/sources'
import { statusQuery } from '@/lib/client/queries/status'
import { ConnectionCard } from './connection-card'
import { ProtectionCard } from './protection-card'
import { RestoreGrantsCard } from './restore-grants-card'
import { SourceSchedules } from './source-schedules'

export function SourceScreen({ id }: { id: string }) {
  const router = useRouter()
  const { data: source, error } = useQuery(sourceQuery(id))
  const { data: status } = useQuery(statusQuery({ sourceId: id }))
  const back = { href: '/admin/sources', label: 'Sources' }
  if (!source)
    return (
      <>
        <PageHeader title="Source" back={back} />
        {error ? <ProblemNote error={error} /> : <SkeletonRows rows={6} />}
      </>
    )
  // Backups of what lies on the worker's machine go to no server, so no server has to be allowed.
  const isOnWorker = knownContract(source.engine)?.localPaths !== undefined
  const hasLog = knownContract(source.engine)?.followed === true
  const mine: SourceStatus | undefined = status?.sources.find((item) => item.sourceId === id)
  const running = status?.running.filter((job) => job.sourceId === id) ?? []
  return (
    <>
      <PageHeader
        back={back}
        title={source.name}
        intro={
          <span className="flex flex-wrap items-center gap-2">
            {engineTitle(source.engine)}, {engineScreen(source.engine).where(source).what}{' '}
            {source.sample && <SampleBadge />}
          </span>
        }
        actions={
          <>
            <SourceActions
              source={mine ?? { sourceId: id, sourceName: source.name, engine: source.engine, lastGoodBackup: null }}
            />
            <RoleLink needs="admin" href={`/admin/sources/${id}/edit`} variant="secondary" size="sm">
              <Pencil className="max-sm:hidden" aria-hidden /> Change
            </RoleLink>
            <DeleteAction
              label={`Delete the source ${source.name}`}
              action="Delete the source"
              path={`/admin/sources/${id}`}
              done={`${source.name} is no longer protected`}
              typeToConfirm={source.name}
              onDeleted={() => router.push('/admin/sources')}
            >
              <p>Its schedules and its stored password are deleted, and no backup of it is taken any more.</p>
              <p>{keptWords(mine?.backupCount)}</p>
            </DeleteAction>
          </>
        }
      />
      <div className="space-y-5">
        <RetentionPauseNote source={source} />
        {running.map((job) => (
          <Card key={job.id} aria-label="Under way" className="p-4 sm:px-5">
            <JobProgress job={job} subject={source.name} />
          </Card>
        ))}
        <div className="grid gap-5 lg:grid-cols-2">
          <ProtectionCard status={mine} />
          <ConnectionCard source={source} />
        </div>
        {hasLog && <ContinuousCard source={source} />}
        <SourceSchedules sourceId={id} />
        {!isOnWorker && <RestoreGrantsCard source={source} />}
        <Card aria-labelledby="backups-title">
          <CardHeader id="backups-title" title="Backups" />
          <BackupHistory sourceId={id} />
        </Card>
      </div>
    </>
  )
}

/** Of a source that goes: what becomes of its backups. */
function keptWords(backupCount: number | undefined): string {
  if (backupCount === 0) return 'There is no backup of it.'
  if (backupCount === 1) return 'Its one backup stays, listed and restorable, until it is deleted by hand.'
  return `${backupCount === undefined ? 'Its' : `Its ${backupCount.toLocaleString('en')}`} backups stay, listed and restorable, until they are deleted by hand.`
}
