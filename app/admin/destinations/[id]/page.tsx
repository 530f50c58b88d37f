import type { Metadata } from 'next'
import { DestinationScreen } from '@/components/destinations/destination-screen'
import { requireActor } from '@/lib/server/session'

export const metadata: Metadata = { title: 'Destination' }

export default async function Page({ params }: { params: Promise<{ id: string }> }) {
  await requireActor()
  return <DestinationScreen id={(await params).id} />
}
