import type { Metadata } from 'next'
import { BackupsScreen } from '@/components/backups/backups-screen'
import { requireActor } from '@/lib/server/session'

export const metadata: Metadata = { title: 'Backups' }

export default async function BackupsPage() {
  await requireActor()
  return <BackupsScreen />
}
