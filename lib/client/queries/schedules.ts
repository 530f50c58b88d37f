import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import type { Page } from '@/lib/contracts/common'
import type { RetentionPolicy } from '@/lib/contracts/retention'
import type { Schedule } from '@/lib/contracts/schedule'
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

/** The next runs of an expression that is being typed. A wrong one answers with a problem that names the field. */
export const schedulePreviewQuery = (cron: string, timeZone: string) =>
  queryOptions({
    queryKey: ['schedule-preview', cron, timeZone],
    queryFn: ({ signal }) =>
      api<{ nextRuns: string[] }>('/admin/schedules/preview', { method: 'POST', body: { cron, timeZone }, signal }),
    enabled: cron.trim() !== '',
    retry: false,
    refetchInterval: false,
    placeholderData: keepPreviousData,
  })
