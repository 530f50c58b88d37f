import type { Metadata } from 'next'
import { RestoresScreen } from '@/components/restores/restores-screen'
import { requireActor } from '@/lib/server/session'

export const metadata: Metadata = { title: 'Restores' }

export default async function Page() {
  await requireActor()
  return <RestoresScreen />
}
