'use client'

import Link from 'next/link'
import { useQuery } from '@tanstack/react-query'
import { RotateCcw } from 'lucide-react'
import type { Restore } from '@/lib/contracts/restore'
import { DurationCell } from '@/components/cells/duration-cell'
import { StateBadge } from '@/components/cells/state-badge'
import { TimeCell } from '@/components/cells/time-cell'
import { JobCard } from '@/components/jobs/job-card'
import { RecoveriesTable } from '@/components/recovery/recoveries/recoveries-table'
import { RoleLink } from '@/components/shell/role-link'
import { Pager } from '@/components/backups/pager'
import { Card, CardHeader } from '@/components/ui/card'
import { EmptyState } from '@/components/ui/empty-state'
import { ListState } from '@/components/ui/list-state'
import { PageHeader } from '@/components/ui/page-header'
import { DataTable, type Column } from '@/components/ui/data-table'
import { tellFailure } from '@/lib/core/tell-failure'
import { restoresQuery } from '@/lib/client/queries/restores'
import { useUrlState } from '@/lib/client/hooks/use-url-state'
import { isActive } from '@/lib/client/words/words'

const columns: ReadonlyArray<Column<Restore>> = [
  { key: 'started', header: 'Started', cell: (restore) => <TimeCell at={restore.startedAt} /> },
  {
    key: 'state',
    header: 'State',
    className: 'max-w-72',
    cell: (restore) => (
      <>
        <StateBadge state={restore.state} />
        {restore.error && (
          <span className="mt-0.5 block text-xs break-words text-bad">{tellFailure(restore.error)}</span>
        )}
        {['failed', 'interrupted'].includes(restore.state) && (
          <RoleLink needs="operator" href={`/admin/backups/${restore.backupId}`} variant="secondary" size="sm">
            Try again from the backup
          </RoleLink>
        )}
      </>
    ),
  },
  {
    key: 'into',
    header: 'Into',
    cell: (restore) => (
      <>
        <span className="block font-medium break-words">{restore.place}</span>
        <span className="block text-xs text-ink-3">of {restore.target.sourceName}</span>
      </>
    ),
  },
  {
    key: 'from',
    header: 'From',
    cell: (restore) => (
      <Link href={`/admin/backups/${restore.backupId}`} className="text-accent underline-offset-4 hover:underline">
        the backup
      </Link>
    ),
  },
  { key: 'took', header: 'Took', align: 'end', cell: (restore) => <DurationCell ms={restore.durationMs} /> },
]

export function RestoresScreen() {
  const { get } = useUrlState()
  const restores = useQuery(restoresQuery({ limit: 25, cursor: get('cursor') }))
  const active = restores.data?.items.filter((restore) => isActive(restore.state)) ?? []
  return (
    <>
      <PageHeader
        title="Restores"
        intro="What was written back, and where. Start a restore from a backup, and a recovery to a point from a source that is protected continuously."
      />
      <div className="space-y-5">
        {active.map((restore) => (
          <JobCard key={restore.id} jobId={restore.jobId} subject={restore.place} />
        ))}
        <Card aria-labelledby="restores-title">
          <CardHeader id="restores-title" title="Restores of backups" />
          <ListState
            query={restores}
            empty={
              <EmptyState
                icon={<RotateCcw />}
                title="Nothing has been restored yet"
                actions={
                  <Link href="/admin/backups" className="text-accent underline underline-offset-4">
                    Choose a backup
                  </Link>
                }
              />
            }
          >
            <DataTable
              label="Restores of backups"
              columns={columns}
              rows={restores.data?.items ?? []}
              rowKey={(restore) => restore.id}
            />
            <Pager nextCursor={restores.data?.nextCursor ?? null} />
          </ListState>
        </Card>
        <RecoveriesTable />
      </div>
    </>
  )
}
