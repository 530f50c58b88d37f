import { queryOptions } from '@tanstack/react-query'
import type { Page } from '@/lib/contracts/common'
import type { Policy } from '@/lib/contracts/policy'
import { api } from '@/lib/client/api'

export const policiesQuery = () =>
  queryOptions({
    queryKey: ['policies', 'list'],
    queryFn: ({ signal }) => api<Page<Policy>>('/admin/policies?limit=200', { signal }),
  })

export const policyQuery = (id: string) =>
  queryOptions({
    queryKey: ['policies', 'one', id],
    queryFn: ({ signal }) => api<Policy>(`/admin/policies/${id}`, { signal }),
  })
