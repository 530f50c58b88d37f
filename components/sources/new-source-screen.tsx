'use client'

import { useRouter } from 'next/navigation'
import { PageHeader } from '@/components/ui/page-header'
import { SourceForm } from './source-form'

export function NewSourceScreen() {
  const router = useRouter()
  return (
    <>
      <PageHeader title="Add a source" back={{ href: '/admin/sources', label: 'Sources' }} />
      <SourceForm onSaved={(source) => router.push(`/admin/sources/${source.id}`)} />
    </>
  )
}
