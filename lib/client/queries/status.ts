import { queryOptions } from '@tanstack/react-query'
import type { Status, StatusQuery } from '@/lib/contracts/status'
import { api, search } from '@/lib/client/api'
import { busyMs, calmMs } from './client'

/** Without a limit every source is there, which is much to send when there are thousands. */
export const statusQuery = (input: StatusQuery = {}) =>
  queryOptions({
    queryKey: ['status', input],
    queryFn: ({ signal }) =>
      api<Status>(`/admin/backups/status${search({ limit: input.limit, sourceId: input.sourceId })}`, { signal }),
    refetchInterval: (query) => ((query.state.data?.running.length ?? 0) > 0 ? busyMs : calmMs),
  })
