'use client'

import { useQuery } from '@tanstack/react-query'
import { CalendarClock } from 'lucide-react'
import { ListScreen } from '@/components/shell/list-screen'
import { schedulesQuery } from '@/lib/client/queries/schedules'
import { useViewerTimeZone } from '@/lib/client/hooks/use-viewer-time-zone'
import { ScheduleTable } from './schedule-table'

export function SchedulesScreen() {
  const schedules = useQuery(schedulesQuery())
  const zone = useViewerTimeZone()
  return (
    <ListScreen
      title="Schedules"
      intro={`When backups and restore tests are due. Times are shown in ${zone}.`}
      add={{ href: '/admin/schedules/new', label: 'Add a schedule' }}
      query={schedules}
      empty={{
        icon: <CalendarClock />,
        title: 'Nothing is scheduled',
        text: 'A schedule says when a source is backed up or tested, where the backup goes, and how long it is kept.',
      }}
    >
      {(items) => <ScheduleTable schedules={items} />}
    </ListScreen>
  )
}
