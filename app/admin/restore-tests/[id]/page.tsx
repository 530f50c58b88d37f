import type { Metadata } from 'next'
import { EvidenceScreen } from '@/components/evidence/evidence-screen'
import { requireActor } from '@/lib/server/session'

export const metadata: Metadata = { title: 'Evidence' }

export default async function EvidencePage({ params }: { params: Promise<{ id: string }> }) {
  await requireActor()
  return <EvidenceScreen id={(await params).id} />
}
