'use client'

import { useRouter } from 'next/navigation'
import { PageHeader } from '@/components/ui/page-header'
import { RetentionForm } from './retention-form'

export function NewRetentionScreen() {
  const router = useRouter()
  return (
    <>
      <PageHeader title="Add a retention policy" back={{ href: '/admin/retention', label: 'Retention' }} />
      <RetentionForm onSaved={() => router.push('/admin/retention')} />
    </>
  )
}
