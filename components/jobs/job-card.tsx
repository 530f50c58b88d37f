'use client'

import { useQuery } from '@tanstack/react-query'
import { Card } from '@/components/ui/card'
import { jobQuery } from '@/lib/client/queries/jobs'
import { JobProgress } from './job-progress'

/** The job with this id, live; nothing until it is known. */
export function JobCard({ jobId, subject }: { jobId: string; subject?: string }) {
  const { data: job } = useQuery(jobQuery(jobId))
  if (!job) return null
  return (
    <Card aria-label="Under way" className="p-4 sm:px-5">
      <JobProgress job={job} subject={subject} />
    </Card>
  )
}
