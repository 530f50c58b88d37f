import { queryOptions } from '@tanstack/react-query'
import type { Insight, SourceInsight } from '@/lib/contracts/insight'
import { api, search } from '@/lib/client/api'

/** Trends move by the day: they are asked for again every five minutes. */
const slowMs = 300_000

export const insightQuery = (limit: number) =>
  queryOptions({
    queryKey: ['insight', limit],
    queryFn: ({ signal }) => api<Insight>(`/admin/insight${search({ limit })}`, { signal }),
    refetchInterval: slowMs,
  })

export const sourceInsightQuery = (id: string) =>
  queryOptions({
    queryKey: ['insight', 'source', id],
    queryFn: ({ signal }) => api<SourceInsight>(`/admin/insight/sources/${id}`, { signal }),
    refetchInterval: slowMs,
  })
