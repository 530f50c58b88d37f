import { queryOptions } from '@tanstack/react-query'
import type { Alert, Channel, DeadMansSwitch, Delivery } from '@/lib/contracts/alerting/alert'
import type { Page } from '@/lib/contracts/common'
import { api, search } from '@/lib/client/api'

export const alertsQuery = (filter: { cursor?: string; open?: string; event?: string } = {}) =>
  queryOptions({
    queryKey: ['alerts', filter],
    queryFn: ({ signal }) => api<Page<Alert>>(`/admin/alerts${search({ limit: 50, ...filter })}`, { signal }),
  })

export const channelsQuery = () =>
  queryOptions({
    queryKey: ['channels'],
    queryFn: ({ signal }) => api<Page<Channel>>('/admin/channels?limit=200', { signal }),
  })

export const deliveriesQuery = (channelId: string) =>
  queryOptions({
    queryKey: ['channels', channelId, 'deliveries'],
    queryFn: ({ signal }) => api<Page<Delivery>>(`/admin/channels/${channelId}/deliveries?limit=50`, { signal }),
  })

export const deadMansSwitchQuery = () =>
  queryOptions({
    queryKey: ['dead-mans-switch'],
    queryFn: ({ signal }) => api<DeadMansSwitch>('/admin/settings/dead-mans-switch', { signal }),
  })
