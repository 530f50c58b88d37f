import type { Metadata } from 'next'
import { AlertsScreen } from '@/components/alerts/alerts-screen'
import { requireActor } from '@/lib/server/sign-in/session'
import { Prefetched } from '@/app/admin/prefetched'
import { readSearch, type Search } from '@/app/admin/read-search'
import { alertsSeed, channelsSeed } from '@/app/admin/seeds'

export const metadata: Metadata = { title: 'Alerts' }

export default async function Page({ searchParams }: { searchParams: Promise<Search> }) {
  const actor = await requireActor()
  const get = readSearch(await searchParams)
  return (
    <Prefetched actor={actor} seeds={[alertsSeed(get), channelsSeed]}>
      <AlertsScreen />
    </Prefetched>
  )
}
