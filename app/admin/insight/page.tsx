import type { Metadata } from 'next'
import { InsightScreen } from '@/components/insight/insight-screen'
import { requireActor } from '@/lib/server/session'

export const metadata: Metadata = { title: 'Insight' }

export default async function Page() {
  await requireActor()
  return <InsightScreen />
}
