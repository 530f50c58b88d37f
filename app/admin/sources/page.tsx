import type { Metadata } from 'next'
import { SourcesScreen } from '@/components/sources/sources-screen'
import { requireActor } from '@/lib/server/session'

export const metadata: Metadata = { title: 'Sources' }

export default async function Page() {
  await requireActor()
  return <SourcesScreen />
}
