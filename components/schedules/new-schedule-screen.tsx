'use client'

import { useRouter, useSearchParams } from 'next/navigation'
import { PageHeader } from '@/components/ui/page-header'
import { ScheduleForm } from './schedule-form'

export function NewScheduleScreen() {
  const router = useRouter()
  const sourceId = useSearchParams().get('source') ?? undefined
  return (
    <>
      <PageHeader title="Add a schedule" back={{ href: '/admin/schedules', label: 'Schedules' }} />
      <ScheduleForm sourceId={sourceId} onSaved={() => router.push('/admin/schedules')} />
    </>
  )
}
