import type { Metadata } from 'next'
import { SchedulesScreen } from '@/components/schedules/schedules-screen'
import { requireActor } from '@/lib/server/session'

export const metadata: Metadata = { title: 'Schedules' }

export default async function Page() {
  await requireActor()
  return <SchedulesScreen />
}
