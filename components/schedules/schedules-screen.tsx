'use client'

import { useQuery } from '@tanstack/react-query'
import { CalendarClock } from 'lucide-react'
import { RoleLink } from '@/components/shell/role-link'
import { Card } from '@/components/ui/card'
import { EmptyState } from '@/components/ui/empty-state'
import { ListState } from '@/components/ui/list-state'
import { PageHeader } from '@/components/ui/page-header'
import { schedulesQuery } from '@/lib/client/queries/schedules'
import { useViewerTimeZone } from '@/lib/client/use-viewer-time-zone'
import { ScheduleTable } from './schedule-table'

export function SchedulesScreen() {
  const schedules = useQuery(schedulesQuery())
  const zone = useViewerTimeZone()
  const add = (
    <RoleLink needs="admin" href="/admin/schedules/new">
      Add a schedule
    </RoleLink>
  )
  return (
    <>
      <PageHeader
        title="Schedules"
        intro={`When backups and restore tests are due. Times are shown in ${zone}.`}
        actions={add}
      />
      <Card aria-label="Schedules">
        <ListState
          query={schedules}
          empty={
            <EmptyState icon={<CalendarClock />} title="Nothing is scheduled" actions={add}>
              A schedule says when a source is backed up or tested, where the backup goes, and how long it is kept.
            </EmptyState>
          }
        >
          <ScheduleTable schedules={schedules.data?.items ?? []} />
        </ListState>
      </Card>
    </>
  )
}
