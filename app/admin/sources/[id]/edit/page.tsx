import type { Metadata } from 'next'
import { EditSourceScreen } from '@/components/sources/edit-source-screen'
import { requireActor } from '@/lib/server/sign-in/session'
import { Prefetched } from '@/app/admin/prefetched'
import { sourceSeed } from '@/app/admin/seeds'

export const metadata: Metadata = { title: 'Change a source' }

export default async function Page({ params }: { params: Promise<{ id: string }> }) {
  const actor = await requireActor()
  const { id } = await params
  return (
    <Prefetched actor={actor} seeds={[sourceSeed(id)]}>
      <EditSourceScreen id={id} />
    </Prefetched>
  )
}
