import type { Metadata } from 'next'
import { PoliciesScreen } from '@/components/policies/policies-screen'
import { requireActor } from '@/lib/server/session'

export const metadata: Metadata = { title: 'Policies' }

export default async function Page() {
  await requireActor()
  return <PoliciesScreen />
}
