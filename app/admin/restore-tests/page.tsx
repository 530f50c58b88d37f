import type { Metadata } from 'next'
import { RestoreTestsScreen } from '@/components/restores/restore-tests-screen'
import { requireActor } from '@/lib/server/session'

export const metadata: Metadata = { title: 'Restore tests' }

export default async function Page() {
  await requireActor()
  return <RestoreTestsScreen />
}
