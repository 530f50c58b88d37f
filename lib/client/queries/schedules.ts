import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import type { Page } from '@/lib/contracts/common'
import type { RetentionPolicy } from '@/lib/contracts/retention'
import type { NextRuns, Schedule, SchedulePreview } from '@/lib/contracts/schedule'
import { api } from '@/lib/client/api'

export const schedulesQuery = () =>
  queryOptions({
    queryKey: ['schedules', 'list'],
    queryFn: ({ signal }) => api<Page<Schedule>>('/admin/schedules?limit=200', { signal }),
  })

export const scheduleQuery = (id: string) =>
  queryOptions({
    queryKey: ['schedules', 'one', id],
    queryFn: ({ signal }) => api<Schedule>(`/admin/schedules/${id}`, { signal }),
  })

export const retentionPoliciesQuery = () =>
  queryOptions({
    queryKey: ['retention-policies'],
    queryFn: ({ signal }) => api<Page<RetentionPolicy>>('/admin/retention-policies?limit=200', { signal }),
  })

/** The next runs of timing that is being edited. A wrong one answers with a problem that names the field. */
export const schedulePreviewQuery = (cron: string, timeZone: string, window: SchedulePreview['window']) =>
  queryOptions({
    queryKey: ['schedule-preview', cron, timeZone, window],
    queryFn: ({ signal }) =>
      api<NextRuns>('/admin/schedules/preview', { method: 'POST', body: { cron, timeZone, window }, signal }),
    enabled: cron.trim() !== '',
    retry: false,
    refetchInterval: false,
    placeholderData: keepPreviousData,
  })
