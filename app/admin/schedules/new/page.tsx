import type { Metadata } from 'next'
import { NewScheduleScreen } from '@/components/schedules/new-schedule-screen'
import { requireActor } from '@/lib/server/session'

export const metadata: Metadata = { title: 'Add a schedule' }

export default async function Page() {
  await requireActor()
  return <NewScheduleScreen />
}
