import { queryOptions } from '@tanstack/react-query'
import type { Job } from '@/lib/contracts/job'
import { api } from '@/lib/client/api'
import { isActive } from '@/lib/client/words/words'

export const jobKey = (id: string) => ['jobs', 'one', id] as const

/** One job. The event stream writes into the same place; this asks by itself where the stream is not available. */
export const jobQuery = (id: string) =>
  queryOptions({
    queryKey: jobKey(id),
    queryFn: ({ signal }) => api<Job>(`/admin/jobs/${id}`, { signal }),
    refetchInterval: (query) => (query.state.data && !isActive(query.state.data.state) ? false : 2_000),
  })
