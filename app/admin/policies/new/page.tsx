import type { Metadata } from 'next'
import { NewPolicyScreen } from '@/components/policies/new-policy-screen'
import { requireActor } from '@/lib/server/session'

export const metadata: Metadata = { title: 'Add a policy' }

export default async function Page() {
  await requireActor()
  return <NewPolicyScreen />
}
