'use client'

import type { Job } from '@/lib/contracts/job'
import { RoleButton } from '@/components/shell/role-button'
import { api } from '@/lib/client/api'
import { useAction } from '@/lib/client/hooks/use-action'

export function CancelJobButton({ job, name }: { job: Job; name: string }) {
  const cancel = useAction({
    run: () => api<unknown>(`/admin/jobs/${job.id}/cancel`, { method: 'POST' }),
    done: 'Asked to stop. What was stored so far is removed.',
  })
  const asked = job.cancelRequested || cancel.isSuccess
  return (
    <RoleButton
      needs="operator"
      variant="secondary"
      size="sm"
      pending={cancel.isPending}
      disabled={asked}
      aria-label={`Cancel: ${name}`}
      onClick={() => cancel.mutate(undefined)}
    >
      {asked ? 'Stopping…' : 'Cancel'}
    </RoleButton>
  )
}
