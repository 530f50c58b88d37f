import type { Metadata } from 'next'
import { RestoresScreen } from '@/components/restores/restores-screen'
import { requireActor } from '@/lib/server/sign-in/session'
import { Prefetched } from '@/app/admin/prefetched'
import { readSearch, type Search } from '@/app/admin/read-search'
import { recoveriesSeed, restoresSeed } from '@/app/admin/seeds'

export const metadata: Metadata = { title: 'Restores' }

export default async function Page({ searchParams }: { searchParams: Promise<Search> }) {
  const actor = await requireActor()
  const get = readSearch(await searchParams)
  return (
    <Prefetched actor={actor} seeds={[restoresSeed(get), recoveriesSeed(get)]}>
      <RestoresScreen />
    </Prefetched>
  )
}
