import type { Metadata } from 'next'
import { SettingsScreen } from '@/components/settings/settings-screen'
import { requireActor } from '@/lib/server/session'

export const metadata: Metadata = { title: 'Settings' }

export default async function Page() {
  await requireActor()
  return <SettingsScreen />
}
