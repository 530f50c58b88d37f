import type { Metadata } from 'next'
import { DestinationsScreen } from '@/components/destinations/destinations-screen'
import { requireActor } from '@/lib/server/session'

export const metadata: Metadata = { title: 'Destinations' }

export default async function Page() {
  await requireActor()
  return <DestinationsScreen />
}
