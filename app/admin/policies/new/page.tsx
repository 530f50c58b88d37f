import type { Metadata } from 'next'
import { NewPolicyScreen } from '@/components/policies/new-policy-screen'
import { requireActor } from '@/lib/server/sign-in/session'
import { Prefetched } from '@/app/admin/prefetched'
import { destinationsSeed, retentionPoliciesSeed, sourcesSeed } from '@/app/admin/seeds'

export const metadata: Metadata = { title: 'Add a policy' }

export default async function Page() {
  const actor = await requireActor()
  return (
    <Prefetched actor={actor} seeds={[sourcesSeed, destinationsSeed, retentionPoliciesSeed]}>
      <NewPolicyScreen />
    </Prefetched>
  )
}
