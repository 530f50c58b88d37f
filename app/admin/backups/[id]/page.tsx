import type { Metadata } from 'next'
import { BackupScreen } from '@/components/backups/backup-screen'
import { requireActor } from '@/lib/server/sign-in/session'
import { Prefetched } from '@/app/admin/prefetched'
import { backupSeeds, destinationsSeed } from '@/app/admin/seeds'

export const metadata: Metadata = { title: 'Backup' }

export default async function BackupPage({ params }: { params: Promise<{ id: string }> }) {
  const actor = await requireActor()
  const { id } = await params
  return (
    <Prefetched actor={actor} seeds={[...backupSeeds(id), destinationsSeed]}>
      <BackupScreen id={id} />
    </Prefetched>
  )
}
