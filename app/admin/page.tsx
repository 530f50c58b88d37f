import type { Metadata } from 'next'
import { Overview } from '@/components/status/overview'
import { requireActor } from '@/lib/server/session'

export const metadata: Metadata = { title: 'Overview' }

export default async function OverviewPage() {
  await requireActor()
  return <Overview />
}
