'use client'

import { useRouter } from 'next/navigation'
import { useQuery } from '@tanstack/react-query'
import { JobCard } from '@/components/jobs/job-card'
import { DeleteAction } from '@/components/shell/delete-action'
import { PageHeader } from '@/components/ui/page-header'
import { ProblemNote } from '@/components/ui/problem-note'
import { SkeletonRows } from '@/components/ui/skeleton'
import { scheduleQuery } from '@/lib/client/queries/schedules'
import { PolicyScheduleForm } from './policy-schedule-form'
import { RunNowButton } from './run-now-button'
import { ScheduleForm } from './schedule-form'

export function EditScheduleScreen({ id }: { id: string }) {
  const router = useRouter()
  const { data: schedule, error } = useQuery({ ...scheduleQuery(id), refetchInterval: false, staleTime: Infinity })
  const back = () => router.push('/admin/schedules')
  const active = ['queued', 'running'].includes(schedule?.lastJob?.state ?? '')
  return (
    <>
      <PageHeader
        title={schedule ? `Schedule of ${schedule.sourceName}` : 'Schedule'}
        back={{ href: '/admin/schedules', label: 'Schedules' }}
        actions={
          <>
            {schedule && <RunNowButton schedule={schedule} />}
            {schedule && !schedule.policyId && (
              <DeleteAction
                label="Delete this schedule"
                action="Delete the schedule"
                path={`/admin/schedules/${id}`}
                done="The schedule is deleted"
                onDeleted={back}
              >
                <p>
                  {schedule.action === 'backup'
                    ? `${schedule.sourceName} is no longer backed up by it; retention no longer removes its older backups.`
                    : 'Backups are no longer tested by it.'}
                </p>
                <p>Backups that exist stay.</p>
              </DeleteAction>
            )}
          </>
        }
      />
      {error && !schedule && <ProblemNote error={error} />}
      {!error && !schedule && <SkeletonRows />}
      {schedule?.lastJob && active && (
        <div className="mb-5">
          <JobCard jobId={schedule.lastJob.id} subject={schedule.sourceName} />
        </div>
      )}
      {schedule?.policyId && <PolicyScheduleForm key={schedule.updatedAt} schedule={schedule} onSaved={back} />}
      {schedule && !schedule.policyId && <ScheduleForm key={schedule.updatedAt} schedule={schedule} onSaved={back} />}
    </>
  )
}
