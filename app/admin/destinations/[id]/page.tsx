import type { Metadata } from 'next'
import { DestinationScreen } from '@/components/destinations/destination-screen'
import { requireActor } from '@/lib/server/sign-in/session'
import { Prefetched } from '@/app/admin/prefetched'
import { destinationSeeds, retentionPoliciesSeed } from '@/app/admin/seeds'

export const metadata: Metadata = { title: 'Destination' }

export default async function Page({ params }: { params: Promise<{ id: string }> }) {
  const actor = await requireActor()
  const { id } = await params
  return (
    <Prefetched actor={actor} seeds={[...destinationSeeds(id), retentionPoliciesSeed]}>
      <DestinationScreen id={id} />
    </Prefetched>
  )
}
