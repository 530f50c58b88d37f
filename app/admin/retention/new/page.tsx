import type { Metadata } from 'next'
import { NewRetentionScreen } from '@/components/retention/new-retention-screen'
import { requireActor } from '@/lib/server/sign-in/session'

export const metadata: Metadata = { title: 'Add a retention policy' }

export default async function Page() {
  await requireActor()
  return <NewRetentionScreen />
}
