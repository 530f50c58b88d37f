import type { Metadata } from 'next'
import { EditScheduleScreen } from '@/components/schedules/edit-schedule-screen'
import { requireActor } from '@/lib/server/sign-in/session'
import { Prefetched } from '@/app/admin/prefetched'
import { destinationsSeed, retentionPoliciesSeed, scheduleSeed, sourcesSeed } from '@/app/admin/seeds'

export const metadata: Metadata = { title: 'Schedule' }

export default async function Page({ params }: { params: Promise<{ id: string }> }) {
  const actor = await requireActor()
  const { id } = await params
  return (
    <Prefetched actor={actor} seeds={[scheduleSeed(id), sourcesSeed, destinationsSeed, retentionPoliciesSeed]}>
      <EditScheduleScreen id={id} />
    </Prefetched>
  )
}
