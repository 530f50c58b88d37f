import type { Metadata } from 'next'
import { RetentionScreen } from '@/components/retention/retention-screen'
import { requireActor } from '@/lib/server/session'

export const metadata: Metadata = { title: 'Retention' }

export default async function Page() {
  await requireActor()
  return <RetentionScreen />
}
