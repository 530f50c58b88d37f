import type { Metadata } from 'next'
import { EditSourceScreen } from '@/components/sources/edit-source-screen'
import { requireActor } from '@/lib/server/session'

export const metadata: Metadata = { title: 'Change a source' }

export default async function Page({ params }: { params: Promise<{ id: string }> }) {
  await requireActor()
  return <EditSourceScreen id={(await params).id} />
}
