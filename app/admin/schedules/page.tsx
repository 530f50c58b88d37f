import type { Metadata } from 'next'
import { SchedulesScreen } from '@/components/schedules/schedules-screen'
import { requireActor } from '@/lib/server/sign-in/session'
import { Prefetched } from '@/app/admin/prefetched'
import { schedulesSeed } from '@/app/admin/seeds'

export const metadata: Metadata = { title: 'Schedules' }

export default async function Page() {
  const actor = await requireActor()
  return (
    <Prefetched actor={actor} seeds={[schedulesSeed]}>
      <SchedulesScreen />
    </Prefetched>
  )
}
