import type { Metadata } from 'next'
import { BackupsScreen } from '@/components/backups/backups-screen'
import { requireActor } from '@/lib/server/sign-in/session'
import { Prefetched } from '@/app/admin/prefetched'
import { readSearch, type Search } from '@/app/admin/read-search'
import { backupsSeed, sourcesSeed, statusSeed, trendSeed } from '@/app/admin/seeds'

export const metadata: Metadata = { title: 'Backups' }

export default async function BackupsPage({ searchParams }: { searchParams: Promise<Search> }) {
  const actor = await requireActor()
  const get = readSearch(await searchParams)
  return (
    <Prefetched actor={actor} seeds={[statusSeed({ limit: 1 }), trendSeed, sourcesSeed, backupsSeed(get)]}>
      <BackupsScreen />
    </Prefetched>
  )
}
