import { queryOptions } from '@tanstack/react-query'
import type { Restore } from '@/lib/contracts/restore'
import type { Page } from '@/lib/contracts/common'
import { api, search } from '@/lib/client/api'
import { isActive } from '@/lib/client/words/words'
import { busyMs, calmMs } from './client'

export const restoresQuery = (filter: { limit?: number; cursor?: string } = {}) =>
  queryOptions({
    queryKey: ['restores', filter],
    queryFn: ({ signal }) => api<Page<Restore>>(`/admin/restores${search(filter)}`, { signal }),
    refetchInterval: (query) => (query.state.data?.items.some((restore) => isActive(restore.state)) ? busyMs : calmMs),
  })
