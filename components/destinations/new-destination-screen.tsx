'use client'

import { useRouter } from 'next/navigation'
import { PageHeader } from '@/components/ui/page-header'
import { DestinationForm } from './destination-form'

export function NewDestinationScreen() {
  const router = useRouter()
  return (
    <>
      <PageHeader title="Add a destination" back={{ href: '/admin/destinations', label: 'Destinations' }} />
      <DestinationForm onSaved={() => router.push('/admin/destinations')} />
    </>
  )
}
