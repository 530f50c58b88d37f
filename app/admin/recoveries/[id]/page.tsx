import type { Metadata } from 'next'
import { RecoveryScreen } from '@/components/recovery/recoveries/recovery-screen'
import { requireActor } from '@/lib/server/sign-in/session'
import { Prefetched } from '@/app/admin/prefetched'
import { recoverySeed } from '@/app/admin/seeds'

export const metadata: Metadata = { title: 'Recovery' }

export default async function Page({ params }: { params: Promise<{ id: string }> }) {
  const actor = await requireActor()
  const { id } = await params
  return (
    <Prefetched actor={actor} seeds={[recoverySeed(id)]}>
      <RecoveryScreen id={id} />
    </Prefetched>
  )
}
