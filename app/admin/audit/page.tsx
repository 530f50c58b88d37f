import type { Metadata } from 'next'
import { AuditScreen } from '@/components/settings/audit-screen'
import { requireActor } from '@/lib/server/sign-in/session'
import { Prefetched } from '@/app/admin/prefetched'
import { readSearch, type Search } from '@/app/admin/read-search'
import { auditSeed } from '@/app/admin/seeds'

export const metadata: Metadata = { title: 'Audit log' }

export default async function Page({ searchParams }: { searchParams: Promise<Search> }) {
  const actor = await requireActor()
  const get = readSearch(await searchParams)
  return (
    <Prefetched actor={actor} seeds={[auditSeed(get)]}>
      <AuditScreen />
    </Prefetched>
  )
}
