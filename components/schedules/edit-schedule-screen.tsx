'use client'

import { useState } from 'react'
import { useRouter } from 'next/navigation'
import { useQuery } from '@tanstack/react-query'
import { Trash2 } from 'lucide-react'
import { JobCard } from '@/components/jobs/job-card'
import { RoleButton } from '@/components/shell/role-button'
import { ConfirmDialog } from '@/components/ui/confirm-dialog'
import { PageHeader } from '@/components/ui/page-header'
import { ProblemNote } from '@/components/ui/problem-note'
import { SkeletonRows } from '@/components/ui/skeleton'
import { api } from '@/lib/client/api'
import { scheduleQuery } from '@/lib/client/queries/schedules'
import { useAction } from '@/lib/client/use-action'
import { PolicyScheduleForm } from './policy-schedule-form'
import { RunNowButton } from './run-now-button'
import { ScheduleForm } from './schedule-form'

export function EditScheduleScreen({ id }: { id: string }) {
  const router = useRouter()
  const [deleting, setDeleting] = useState(false)
  const { data: schedule, error } = useQuery({ ...scheduleQuery(id), refetchInterval: false, staleTime: Infinity })
  const remove = useAction({
    run: () => api<void>(`/admin/schedules/${id}`, { method: 'DELETE' }),
    done: 'The schedule is deleted',
    errors: 'inline',
    onDone: () => router.push('/admin/schedules'),
  })
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
            {!schedule?.policyId && (
              <RoleButton
                needs="admin"
                variant="ghost"
                size="icon"
                aria-label="Delete this schedule"
                title="Delete"
                onClick={() => setDeleting(true)}
              >
                <Trash2 aria-hidden />
              </RoleButton>
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
      <ConfirmDialog
        open={deleting}
        onOpenChange={setDeleting}
        title="Delete this schedule?"
        action="Delete the schedule"
        pending={remove.isPending}
        error={remove.error}
        onConfirm={() => remove.mutate(undefined)}
      >
        <p>
          {schedule?.action === 'backup'
            ? `${schedule.sourceName} is no longer backed up by it; retention no longer removes its older backups.`
            : 'Backups are no longer tested by it.'}
        </p>
        <p>Backups that exist stay.</p>
      </ConfirmDialog>
    </>
  )
}
