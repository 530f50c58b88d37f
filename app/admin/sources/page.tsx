import type { Metadata } from 'next'
import { SourcesScreen } from '@/components/sources/sources-screen'
import { requireActor } from '@/lib/server/sign-in/session'
import { Prefetched } from '@/app/admin/prefetched'
import { sourcesSeed, statusSeed } from '@/app/admin/seeds'

export const metadata: Metadata = { title: 'Sources' }

export default async function Page() {
  const actor = await requireActor()
  return (
    <Prefetched actor={actor} seeds={[sourcesSeed, statusSeed()]}>
      <SourcesScreen />
    </Prefetched>
  )
}
