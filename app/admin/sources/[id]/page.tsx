import type { Metadata } from 'next'
import { SourceScreen } from '@/components/sources/source-screen'
import { requireActor } from '@/lib/server/session'

export const metadata: Metadata = { title: 'Source' }

export default async function Page({ params }: { params: Promise<{ id: string }> }) {
  await requireActor()
  return <SourceScreen id={(await params).id} />
}
