import type { Metadata } from 'next'
import { EditRetentionScreen } from '@/components/retention/edit-retention-screen'
import { requireActor } from '@/lib/server/sign-in/session'
import { Prefetched } from '@/app/admin/prefetched'
import { retentionPolicySeed } from '@/app/admin/seeds'

export const metadata: Metadata = { title: 'Retention policy' }

export default async function Page({ params }: { params: Promise<{ id: string }> }) {
  const actor = await requireActor()
  const { id } = await params
  return (
    <Prefetched actor={actor} seeds={[retentionPolicySeed(id)]}>
      <EditRetentionScreen id={id} />
    </Prefetched>
  )
}
