'use client'

import { useQuery } from '@tanstack/react-query'
import { CalendarClock } from 'lucide-react'
import { RoleLink } from '@/components/shell/role-link'
import { ScheduleTable } from '@/components/schedules/schedule-table'
import { Card, CardHeader } from '@/components/ui/card'
import { EmptyState } from '@/components/ui/empty-state'
import { ListState } from '@/components/ui/list-state'
import { schedulesQuery } from '@/lib/client/queries/schedules'

export function SourceSchedules({ sourceId }: { sourceId: string }) {
  const schedules = useQuery(schedulesQuery())
  const mine = schedules.data?.items.filter((schedule) => schedule.sourceId === sourceId)
  return (
    <Card aria-labelledby="schedules-title">
      <CardHeader
        id="schedules-title"
        title="Schedules"
        actions={
          <RoleLink needs="admin" href={`/admin/schedules/new?source=${sourceId}`} variant="secondary" size="sm">
            Add a schedule
          </RoleLink>
        }
      />
      <ListState
        query={{ ...schedules, data: mine && { items: mine } }}
        empty={
          <EmptyState icon={<CalendarClock />} title="Nothing is scheduled">
            Backups of this source only happen by hand.
          </EmptyState>
        }
      >
        <ScheduleTable schedules={mine ?? []} withSource={false} />
      </ListState>
    </Card>
  )
}
