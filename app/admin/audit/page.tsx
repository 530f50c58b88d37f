import type { Metadata } from 'next'
import { AuditScreen } from '@/components/settings/audit-screen'
import { requireActor } from '@/lib/server/session'

export const metadata: Metadata = { title: 'Audit log' }

export default async function Page() {
  await requireActor()
  return <AuditScreen />
}
