'use client'

import { Switch as Primitive } from 'radix-ui'
import type { Schedule } from '@/lib/contracts/schedule'
import { useMay } from '@/components/shell/viewer'
import { api } from '@/lib/client/api'
import { useAction } from '@/lib/client/hooks/use-action'

export function ScheduleSwitch({ schedule }: { schedule: Schedule }) {
  const { may, reason } = useMay('admin')
  const update = useAction({
    run: (enabled: boolean) => api<Schedule>(`/admin/schedules/${schedule.id}`, { method: 'PATCH', body: { enabled } }),
    done: (saved) => (saved.enabled ? 'The schedule is on' : 'The schedule is off: nothing starts by itself'),
  })
  return (
    <Primitive.Root
      checked={schedule.enabled}
      disabled={!may || update.isPending}
      title={reason}
      aria-label={`Schedule of ${schedule.sourceName}, ${schedule.cron}`}
      onCheckedChange={(enabled) => update.mutate(enabled)}
      className="h-5 w-9 rounded-full bg-line-strong p-0.5 transition-colors disabled:opacity-50 data-[state=checked]:bg-accent"
    >
      <Primitive.Thumb className="block size-4 rounded-full bg-white shadow-sm transition-transform data-[state=checked]:translate-x-4" />
    </Primitive.Root>
  )
}
