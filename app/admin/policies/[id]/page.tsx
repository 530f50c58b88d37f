import type { Metadata } from 'next'
import { EditPolicyScreen } from '@/components/policies/edit-policy-screen'
import { requireActor } from '@/lib/server/sign-in/session'
import { Prefetched } from '@/app/admin/prefetched'
import { destinationsSeed, policySeed, retentionPoliciesSeed, sourcesSeed } from '@/app/admin/seeds'

export const metadata: Metadata = { title: 'Policy' }

export default async function Page({ params }: { params: Promise<{ id: string }> }) {
  const actor = await requireActor()
  const { id } = await params
  return (
    <Prefetched actor={actor} seeds={[policySeed(id), sourcesSeed, destinationsSeed, retentionPoliciesSeed]}>
      <EditPolicyScreen id={id} />
    </Prefetched>
  )
}
