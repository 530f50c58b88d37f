import { queryOptions } from '@tanstack/react-query'
import type { RestoreGrant } from '@/lib/contracts/people/restore-grant'
import { api } from '@/lib/client/api'

export const restoreGrantsQuery = (sourceId: string) =>
  queryOptions({
    queryKey: ['restore-grants', sourceId],
    queryFn: ({ signal }) => api<{ items: RestoreGrant[] }>(`/admin/sources/${sourceId}/restore-grants`, { signal }),
  })
