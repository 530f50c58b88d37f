import { queryOptions } from '@tanstack/react-query'
import type { Page } from '@/lib/contracts/common'
import type { Source } from '@/lib/contracts/source'
import { api } from '@/lib/client/api'

export const sourcesQuery = () =>
  queryOptions({
    queryKey: ['sources', 'list'],
    queryFn: ({ signal }) => api<Page<Source>>('/admin/sources?limit=200', { signal }),
  })

export const sourceQuery = (id: string) =>
  queryOptions({
    queryKey: ['sources', 'one', id],
    queryFn: ({ signal }) => api<Source>(`/admin/sources/${id}`, { signal }),
  })
