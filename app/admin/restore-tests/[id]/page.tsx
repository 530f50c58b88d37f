import type { Metadata } from 'next'
import { EvidenceScreen } from '@/components/evidence/evidence-screen'
import { requireActor } from '@/lib/server/sign-in/session'
import { Prefetched } from '@/app/admin/prefetched'
import { evidenceSeed } from '@/app/admin/seeds'

export const metadata: Metadata = { title: 'Evidence' }

export default async function EvidencePage({ params }: { params: Promise<{ id: string }> }) {
  const actor = await requireActor()
  const { id } = await params
  return (
    <Prefetched actor={actor} seeds={[evidenceSeed(id)]}>
      <EvidenceScreen id={id} />
    </Prefetched>
  )
}
