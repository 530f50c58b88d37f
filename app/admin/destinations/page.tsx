import type { Metadata } from 'next'
import { DestinationsScreen } from '@/components/destinations/destinations-screen'
import { requireActor } from '@/lib/server/sign-in/session'
import { Prefetched } from '@/app/admin/prefetched'
import { destinationsSeed } from '@/app/admin/seeds'

export const metadata: Metadata = { title: 'Destinations' }

export default async function Page() {
  const actor = await requireActor()
  return (
    <Prefetched actor={actor} seeds={[destinationsSeed]}>
      <DestinationsScreen />
    </Prefetched>
  )
}
