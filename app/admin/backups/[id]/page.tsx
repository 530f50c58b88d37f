import type { Metadata } from 'next'
import { BackupScreen } from '@/components/backups/backup-screen'
import { requireActor } from '@/lib/server/session'

export const metadata: Metadata = { title: 'Backup' }

export default async function BackupPage({ params }: { params: Promise<{ id: string }> }) {
  await requireActor()
  return <BackupScreen id={(await params).id} />
}
