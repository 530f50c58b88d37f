import { queryOptions } from '@tanstack/react-query'
import type { Status } from '@/lib/contracts/status'
import { api } from '@/lib/client/api'
import { busyMs, calmMs } from './client'

export const statusQuery = () =>
  queryOptions({
    queryKey: ['status'],
    queryFn: ({ signal }) => api<Status>('/admin/backups/status', { signal }),
    refetchInterval: (query) => ((query.state.data?.running.length ?? 0) > 0 ? busyMs : calmMs),
  })
