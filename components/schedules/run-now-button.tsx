'use client'

import { Play } from 'lucide-react'
import type { Started } from '@/lib/contracts/job'
import type { Schedule } from '@/lib/contracts/schedule'
import { RoleButton } from '@/components/shell/role-button'
import { api } from '@/lib/client/api'
import { useAction } from '@/lib/client/hooks/use-action'

/** Starts what the schedule starts, now and without its window. */
export function RunNowButton({ schedule }: { schedule: Schedule }) {
  const run = useAction({
    run: () => api<Started>(`/admin/schedules/${schedule.id}/run`, { method: 'POST' }),
    done: ({ job }) => (job.waitReason ? `It waits. ${job.waitReason}` : 'It is on its way to a worker'),
  })
  return (
    <RoleButton
      needs="operator"
      variant="secondary"
      size="sm"
      pending={run.isPending}
      onClick={() => run.mutate(undefined)}
    >
      <Play aria-hidden />
      Run now
    </RoleButton>
  )
}
