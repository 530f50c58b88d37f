import type { Metadata } from 'next'
import { InsightScreen } from '@/components/insight/insight-screen'
import { requireActor } from '@/lib/server/sign-in/session'
import { Prefetched } from '@/app/admin/prefetched'
import { insightSeed } from '@/app/admin/seeds'

export const metadata: Metadata = { title: 'Insight' }

export default async function Page() {
  const actor = await requireActor()
  return (
    <Prefetched actor={actor} seeds={[insightSeed]}>
      <InsightScreen />
    </Prefetched>
  )
}
