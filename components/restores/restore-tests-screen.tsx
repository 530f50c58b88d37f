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
import { Table, Td, Th, Tr } from '@/components/ui/table'
import { TestAgain } from './test-again'
import { restoreTestsQuery } from '@/lib/client/queries/restore-tests'
import { useUrlState } from '@/lib/client/hooks/use-url-state'
import { levelWords } from '@/lib/client/words/words'

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
            <Table label="Restore tests">
              <thead>
                <tr>
                  <Th>Started</Th>
                  <Th>Verdict</Th>
                  <Th>Source</Th>
                  <Th className="max-sm:hidden">Level</Th>
                  <Th>Checks passed</Th>
                  <Th className="text-right max-sm:hidden">Took</Th>
                </tr>
              </thead>
              <tbody>
                {tests.data?.items.map((test) => (
                  <TestRow key={test.id} test={test} />
                ))}
              </tbody>
            </Table>
            <Pager nextCursor={tests.data?.nextCursor ?? null} />
          </ListState>
        </Card>
      </div>
    </>
  )
}

function TestRow({ test }: { test: RestoreTest }) {
  const passed = test.checks.filter((check) => check.verdict === 'passed').length
  return (
    <Tr>
      <Td>
        <Link href={`/admin/backups/${test.backupId}`} className="block underline-offset-4 hover:underline">
          <TimeCell at={test.startedAt} />
        </Link>
      </Td>
      <Td className="max-w-72">
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
      </Td>
      <Td>
        <Link href={`/admin/sources/${test.sourceId}`} className="underline-offset-4 hover:underline">
          {test.sourceName}
        </Link>
      </Td>
      <Td className="max-sm:hidden">{levelWords[test.level].label}</Td>
      <Td className="tabular">
        {test.checks.length > 0 ? `${passed} of ${test.checks.length}` : <span className="text-ink-3">–</span>}
      </Td>
      <Td className="text-right max-sm:hidden">
        <DurationCell ms={test.durationMs} />
      </Td>
    </Tr>
  )
}
