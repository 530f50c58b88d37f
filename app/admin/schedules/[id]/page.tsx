import type { Metadata } from 'next'
import { EditScheduleScreen } from '@/components/schedules/edit-schedule-screen'
import { requireActor } from '@/lib/server/session'

export const metadata: Metadata = { title: 'Schedule' }

export default async function Page({ params }: { params: Promise<{ id: string }> }) {
  await requireActor()
  return <EditScheduleScreen id={(await params).id} />
}
