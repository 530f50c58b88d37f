import type { Metadata } from 'next'
import { NewSourceScreen } from '@/components/sources/new-source-screen'
import { requireActor } from '@/lib/server/sign-in/session'

export const metadata: Metadata = { title: 'Add a source' }

export default async function Page() {
  await requireActor()
  return <NewSourceScreen />
}
