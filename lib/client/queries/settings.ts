import { queryOptions } from '@tanstack/react-query'
import type { Settings } from '@/lib/contracts/settings'
import { api } from '@/lib/client/api'

export const settingsQuery = () =>
  queryOptions({
    queryKey: ['settings'],
    queryFn: ({ signal }) => api<Settings>('/admin/settings', { signal }),
  })
