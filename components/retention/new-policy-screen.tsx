'use client'

import { useRouter } from 'next/navigation'
import { PageHeader } from '@/components/ui/page-header'
import { PolicyForm } from './policy-form'

export function NewPolicyScreen() {
  const router = useRouter()
  return (
    <>
      <PageHeader title="Add a retention policy" back={{ href: '/admin/retention', label: 'Retention' }} />
      <PolicyForm onSaved={() => router.push('/admin/retention')} />
    </>
  )
}
