import type { Metadata } from 'next'
import { RestoreTestsScreen } from '@/components/restores/restore-tests-screen'
import { requireActor } from '@/lib/server/sign-in/session'
import { Prefetched } from '@/app/admin/prefetched'
import { readSearch, type Search } from '@/app/admin/read-search'
import { restoreTestsSeed } from '@/app/admin/seeds'

export const metadata: Metadata = { title: 'Restore tests' }

export default async function Page({ searchParams }: { searchParams: Promise<Search> }) {
  const actor = await requireActor()
  const get = readSearch(await searchParams)
  return (
    <Prefetched actor={actor} seeds={[restoreTestsSeed({ limit: 25, cursor: get('cursor') })]}>
      <RestoreTestsScreen />
    </Prefetched>
  )
}
