import { queryOptions } from '@tanstack/react-query'
import type { ContinuousCheck, RecoveryWindows } from '@/lib/contracts/recovery/continuous'
import { api } from '@/lib/client/api'
import { busyMs, calmMs } from './client'

/** What a source can be recovered to; of sources whose log can be followed. */
export const windowsQuery = (sourceId: string) =>
  queryOptions({
    queryKey: ['sources', 'windows', sourceId],
    queryFn: ({ signal }) => api<RecoveryWindows>(`/admin/sources/${sourceId}/windows`, { signal }),
    refetchInterval: (query) => (query.state.data?.streaming ? busyMs : calmMs),
  })

/** The server is asked once, and again when somebody wants it: each time stands in the audit log. */
export const continuousCheckQuery = (sourceId: string) =>
  queryOptions({
    queryKey: ['continuous-check', sourceId],
    queryFn: ({ signal }) =>
      api<ContinuousCheck>(`/admin/sources/${sourceId}/check-continuous`, { method: 'POST', body: {}, signal }),
    staleTime: Infinity,
    gcTime: 0,
    refetchInterval: false,
    refetchOnWindowFocus: false,
    refetchOnReconnect: false,
    retry: false,
  })
