'use client'

import { useQuery } from '@tanstack/react-query'
import { FlaskConical } from 'lucide-react'
import { Card, CardHeader } from '@/components/ui/card'
import { EmptyState } from '@/components/ui/empty-state'
import { ProblemNote } from '@/components/ui/problem-note'
import { SkeletonRows } from '@/components/ui/skeleton'
import { JobCard } from '@/components/jobs/job-card'
import { restoreTestsQuery } from '@/lib/client/queries/restore-tests'
import { RestoreTestEvidence } from '@/components/restores/restore-test-evidence'

/** What the restore tests of a backup have shown, newest first. */
export function BackupTests({ backupId }: { backupId: string }) {
  const { data, error, isPending } = useQuery(restoreTestsQuery({ backupId, limit: 20 }))
  return (
    <Card aria-labelledby="tests-title">
      <CardHeader id="tests-title" title="Evidence" note="What restore tests of this backup have shown" />
      {isPending && <SkeletonRows rows={2} />}
      {error && !data && (
        <div className="p-4">
          <ProblemNote error={error} />
        </div>
      )}
      {data?.items.length === 0 && (
        <EmptyState icon={<FlaskConical />} title="It has not been tested yet">
          A restore test restores it into a sandbox and compares what came out.
        </EmptyState>
      )}
      <ul className="divide-y divide-line">
        {data?.items.map((test, index) => (
          <li key={test.id} className="px-4 py-4 sm:px-5">
            {test.finishedAt === null ? (
              <JobCard jobId={test.jobId} />
            ) : (
              <RestoreTestEvidence test={test} open={index === 0} />
            )}
          </li>
        ))}
      </ul>
    </Card>
  )
}
