import type { Metadata } from 'next'
import { AlertsScreen } from '@/components/alerts/alerts-screen'
import { requireActor } from '@/lib/server/session'

export const metadata: Metadata = { title: 'Alerts' }

export default async function Page() {
  await requireActor()
  return <AlertsScreen />
}
