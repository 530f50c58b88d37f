import type { Metadata } from 'next'
import { EditPolicyScreen } from '@/components/retention/edit-policy-screen'
import { requireActor } from '@/lib/server/sign-in/session'
import { Prefetched } from '@/app/admin/prefetched'
import { retentionPolicySeed } from '@/app/admin/seeds'

export const metadata: Metadata = { title: 'Retention policy' }

export default async function Page({ params }: { params: Promise<{ id: string }> }) {
  const actor = await requireActor()
  const { id } = await params
  return (
    <Prefetched actor={actor} seeds={[retentionPolicySeed(id)]}>
      <EditPolicyScreen id={id} />
    </Prefetched>
  )
}
