import type { Metadata } from 'next'
import { SettingsScreen } from '@/components/settings/settings-screen'
import { requireActor } from '@/lib/server/sign-in/session'
import { Prefetched } from '@/app/admin/prefetched'
import { readSearch, type Search } from '@/app/admin/read-search'
import { seedsOfTab } from '@/app/admin/seeds'

export const metadata: Metadata = { title: 'Settings' }

export default async function Page({ searchParams }: { searchParams: Promise<Search> }) {
  const actor = await requireActor()
  const get = readSearch(await searchParams)
  return (
    <Prefetched actor={actor} seeds={seedsOfTab(get('tab'))}>
      <SettingsScreen />
    </Prefetched>
  )
}
