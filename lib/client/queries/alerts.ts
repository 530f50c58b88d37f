import { queryOptions } from '@tanstack/react-query'
import type { Alert, Channel } from '@/lib/contracts/alert'
import type { Page } from '@/lib/contracts/common'
import { api, search } from '@/lib/client/api'

export const alertsQuery = (filter: { cursor?: string } = {}) =>
  queryOptions({
    queryKey: ['alerts', filter],
    queryFn: ({ signal }) => api<Page<Alert>>(`/admin/alerts${search({ limit: 50, ...filter })}`, { signal }),
  })

export const channelsQuery = () =>
  queryOptions({
    queryKey: ['channels'],
    queryFn: ({ signal }) => api<Page<Channel>>('/admin/channels?limit=200', { signal }),
  })
