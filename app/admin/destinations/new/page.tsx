import type { Metadata } from 'next'
import { NewDestinationScreen } from '@/components/destinations/new-destination-screen'
import { requireActor } from '@/lib/server/sign-in/session'

export const metadata: Metadata = { title: 'Add a destination' }

export default async function Page() {
  await requireActor()
  return <NewDestinationScreen />
}
