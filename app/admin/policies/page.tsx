import type { Metadata } from 'next'
import { PoliciesScreen } from '@/components/policies/policies-screen'
import { requireActor } from '@/lib/server/sign-in/session'
import { Prefetched } from '@/app/admin/prefetched'
import { policiesSeed } from '@/app/admin/seeds'

export const metadata: Metadata = { title: 'Policies' }

export default async function Page() {
  const actor = await requireActor()
  return (
    <Prefetched actor={actor} seeds={[policiesSeed]}>
      <PoliciesScreen />
    </Prefetched>
  )
}
