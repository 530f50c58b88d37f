import type { Metadata } from 'next'
import { RetentionScreen } from '@/components/retention/retention-screen'
import { requireActor } from '@/lib/server/sign-in/session'
import { Prefetched } from '@/app/admin/prefetched'
import { operationsSeed, retentionPoliciesSeed, sourcesSeed } from '@/app/admin/seeds'

export const metadata: Metadata = { title: 'Retention' }

export default async function Page() {
  const actor = await requireActor()
  return (
    <Prefetched actor={actor} seeds={[retentionPoliciesSeed, sourcesSeed, operationsSeed]}>
      <RetentionScreen />
    </Prefetched>
  )
}
