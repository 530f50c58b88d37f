import type { Metadata } from 'next'
import { RecoverScreen } from '@/components/recovery/point/recover-screen'
import { requireActor } from '@/lib/server/sign-in/session'
import { Prefetched } from '@/app/admin/prefetched'
import { restoreGrantsSeed, sourceSeed, sourcesSeed, windowsSeed } from '@/app/admin/seeds'

export const metadata: Metadata = { title: 'Recover to a point' }

export default async function Page({ params }: { params: Promise<{ id: string }> }) {
  const actor = await requireActor()
  const { id } = await params
  return (
    <Prefetched actor={actor} seeds={[sourceSeed(id), windowsSeed(id), sourcesSeed, restoreGrantsSeed(id)]}>
      <RecoverScreen id={id} />
    </Prefetched>
  )
}
