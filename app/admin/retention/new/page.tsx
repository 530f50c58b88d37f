import type { Metadata } from 'next'
import { NewPolicyScreen } from '@/components/retention/new-policy-screen'
import { requireActor } from '@/lib/server/sign-in/session'

export const metadata: Metadata = { title: 'Add a retention policy' }

export default async function Page() {
  await requireActor()
  return <NewPolicyScreen />
}
