'use client'

import type { Status } from '@/lib/contracts/status'
import { JobProgress } from '@/components/jobs/job-progress'
import { Card, CardHeader } from '@/components/ui/card'

export function RunningJobs({ status }: { status: Status }) {
  return (
    <Card aria-labelledby="running-title">
      <CardHeader id="running-title" title="Under way" />
      <ul className="divide-y divide-line">
        {status.running.map((job) => (
          <li key={job.id} className="px-4 py-3 sm:px-5">
            <JobProgress job={job} subject={job.sourceName} />
          </li>
        ))}
      </ul>
    </Card>
  )
}
