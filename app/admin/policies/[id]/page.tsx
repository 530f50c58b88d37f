import type { Metadata } from 'next'
import { EditPolicyScreen } from '@/components/policies/edit-policy-screen'
import { requireActor } from '@/lib/server/session'

export const metadata: Metadata = { title: 'Policy' }

export default async function Page({ params }: { params: Promise<{ id: string }> }) {
  await requireActor()
  return <EditPolicyScreen id={(await params).id} />
}
