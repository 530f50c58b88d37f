import type { Metadata } from 'next'
import { Overview } from '@/components/status/overview'
import { mostOverviewSources } from '@/lib/client/queries/status'
import { requireActor } from '@/lib/server/sign-in/session'
import { Prefetched } from '@/app/admin/prefetched'
import { destinationsSeed, schedulesSeed, recoveryKitSeed, statusSeed, trendSeed } from '@/app/admin/seeds'

export const metadata: Metadata = { title: 'Overview' }

export default async function OverviewPage() {
  const actor = await requireActor()
  return (
    <Prefetched
      actor={actor}
      seeds={[statusSeed({ limit: mostOverviewSources }), trendSeed, recoveryKitSeed, destinationsSeed, schedulesSeed]}
    >
      <Overview />
    </Prefetched>
  )
}
