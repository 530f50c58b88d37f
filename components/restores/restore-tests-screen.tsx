'use client'

import Link from 'next/link'
import { useQuery } from '@tanstack/react-query'
import { FlaskConical } from 'lucide-react'
import type { RestoreTest } from '@/lib/contracts/backup'
import { tellFailure } from '@/lib/core/tell-failure'
import { DurationCell } from '@/components/cells/duration-cell'
import { TimeCell } from '@/components/cells/time-cell'
import { VerdictBadge } from '@/components/cells/verdict-badge'
import { JobCard } from '@/components/jobs/job-card'
import { Pager } from '@/components/backups/pager'
import { Badge } from '@/components/ui/badge'
import { Card } from '@/components/ui/card'
import { EmptyState } from '@/components/ui/empty-state'
import { ListState } from '@/components/ui/list-state'
import { PageHeader } from '@/components/ui/page-header'
import { DataTable, type Column } from '@/components/ui/data-table'
import { TestAgain } from './test-again'
import { restoreTestsQuery } from '@/lib/client/queries/restore-tests'
import { useUrlState } from '@/lib/client/hooks/use-url-state'
import { levelWords } from '@/lib/client/words/words'

const passedOf = ({ checks }: RestoreTest): number => checks.filter((check) => check.verdict === 'passed').length

const columns: ReadonlyArray<Column<RestoreTest>> = [
  {
    key: 'started',
    header: 'Started',
    cell: (test) => (
      <Link href={`/admin/backups/${test.backupId}`} className="block underline-offset-4 hover:underline">
        <TimeCell at={test.startedAt} />
      </Link>
    ),
  },
  {
    key: 'verdict',
    header: 'Verdict',
    className: 'max-w-72',
    cell: (test) => (
      <>
        {test.verdict ? (
          <VerdictBadge verdict={test.verdict} level={test.level} />
        ) : (
          <Badge tone={test.finishedAt ? 'neutral' : 'running'}>{test.finishedAt ? 'No verdict' : 'Running'}</Badge>
        )}
        {test.signed && (
          <Link
            href={`/admin/restore-tests/${test.id}`}
            className="mt-0.5 block text-xs text-accent underline-offset-4 hover:underline"
          >
            Signed evidence
          </Link>
        )}
        {test.error && <span className="mt-0.5 block text-xs break-words text-bad">{tellFailure(test.error)}</span>}
        <div className="mt-1.5 empty:hidden">
          <TestAgain test={test} />
        </div>
      </>
    ),
  },
  {
    key: 'source',
    header: 'Source',
    cell: (test) => (
      <Link href={`/admin/sources/${test.sourceId}`} className="underline-offset-4 hover:underline">
        {test.sourceName}
      </Link>
    ),
  },
  { key: 'level', header: 'Level', from: 'sm', cell: (test) => levelWords[test.level].label },
  {
    key: 'checks-passed',
    header: 'Checks passed',
    className: 'tabular',
    cell: (test) =>
      test.checks.length > 0 ? `${passedOf(test)} of ${test.checks.length}` : <span className="text-ink-3">–</span>,
  },
  { key: 'took', header: 'Took', align: 'end', from: 'sm', cell: (test) => <DurationCell ms={test.durationMs} /> },
]

export function RestoreTestsScreen() {
  const { get } = useUrlState()
  const tests = useQuery(restoreTestsQuery({ limit: 25, cursor: get('cursor') }))
  const active = tests.data?.items.filter((test) => test.finishedAt === null) ?? []
  return (
    <>
      <PageHeader
        title="Restore tests"
        intro="Each restores a backup into a throw-away sandbox and compares what came out. Only this makes a backup proven."
      />
      <div className="space-y-5">
        {active.map((test) => (
          <JobCard key={test.id} jobId={test.jobId} subject={test.sourceName} />
        ))}
        <Card aria-label="Restore tests">
          <ListState
            query={tests}
            empty={
              <EmptyState icon={<FlaskConical />} title="No backup has been tested yet">
                Start a restore test from a source or a backup, or schedule one: monthly is a good beginning.
              </EmptyState>
            }
          >
            <DataTable
              label="Restore tests"
              columns={columns}
              rows={tests.data?.items ?? []}
              rowKey={(test) => test.id}
            />
            <Pager nextCursor={tests.data?.nextCursor ?? null} />
          </ListState>
        </Card>
      </div>
    </>
  )
}
