'use client'

import { useRouter } from 'next/navigation'
import { PageHeader } from '@/components/ui/page-header'
import { PolicyForm } from './policy-form'

export function NewPolicyScreen() {
  const router = useRouter()
  return (
    <>
      <PageHeader title="Add a policy" back={{ href: '/admin/policies', label: 'Policies' }} />
      <PolicyForm onSaved={() => router.push('/admin/policies')} />
    </>
  )
}
